package dev.balsa.asm;

import dev.balsa.asm.Encoding.Scheme;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads instructions from bytes by the tables that the assembler writes them by (Intel SDM, volume 2, chapter 2):
/// what it returns was meant if the tables are right, and what no row can have written is an error.
public final class Decoder {
    private record Row(Instruction instruction, Form form) {}

    private static final Map<Integer, List<Row>> ROWS = rows();

    private static final int SIB_FOLLOWS = 4;
    private static final int NO_BASE = 5;

    private final byte[] code;
    private final int start;
    private int at;

    // What the prefixes say, in the polarity of register numbers.
    private Scheme scheme = Scheme.LEGACY;
    private int map;
    private int prefix;
    private boolean wide;
    private int length;
    private boolean marked;
    private boolean zeroing;
    private int mask;
    private int highR;
    private int highX;
    private int highB;
    private int other;

    private Decoder(byte[] code, int start) {
        this.code = code;
        this.start = start;
        this.at = start;
    }

    private static Map<Integer, List<Row>> rows() {
        var rows = new HashMap<Integer, List<Row>>();
        for (var table : Instruction.class.getPermittedSubclasses()) {
            for (var constant : table.getEnumConstants()) {
                var instruction = (Instruction) constant;
                for (var form : instruction.forms()) {
                    var e = form.encoding();
                    for (int register = 0; register < (e.inOpcode() ? 8 : 1); register++) {
                        rows.computeIfAbsent(
                                        key(e.scheme(), e.map(), e.prefix(), e.opcode() + register),
                                        _ -> new ArrayList<>())
                                .add(new Row(instruction, form));
                    }
                }
            }
        }
        return rows;
    }

    private static int key(Scheme scheme, int map, int prefix, int opcode) {
        return ((scheme.ordinal() * 8 + map) * 4 + prefix) * 256 + opcode;
    }

    /// The instruction at an offset.
    ///
    /// @throws IllegalArgumentException if no row of the tables has this encoding
    public static Decoded decode(byte[] code, int offset) {
        return new Decoder(code, offset).decode();
    }

    private Decoded decode() {
        prefixes();
        int opcode = u8();
        int afterOpcode = at;
        for (var row : ROWS.getOrDefault(key(scheme, map, prefix, opcode), List.of())) {
            at = afterOpcode;
            var operands = read(row.form, opcode);
            if (operands.isPresent()) {
                return new Decoded(
                        row.instruction, operands.get(), row.form.encoding().length(), start, at);
            }
        }
        throw new IllegalArgumentException("no instruction of the tables at %#x: opcode %02x of map %d, prefix %d, %s"
                .formatted(start, opcode, map, prefix, scheme));
    }

    private int u8() {
        return code[at++] & 0xFF;
    }

    private long signed(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) u8() << 8 * i;
        }
        int unused = Long.SIZE - 8 * bytes;
        return value << unused >> unused;
    }

    private void prefixes() {
        switch (code[at] & 0xFF) {
            case 0xC5 -> {
                at++;
                scheme = Scheme.VEX;
                map = 1;
                int last = u8();
                highR = ~last >> 7 & 1;
                vexLast(last & 0x7F);
            }
            case 0xC4 -> {
                at++;
                scheme = Scheme.VEX;
                int first = u8();
                highR = ~first >> 7 & 1;
                highX = ~first >> 6 & 1;
                highB = ~first >> 5 & 1;
                map = first & 31;
                int last = u8();
                wide = last >= 0x80;
                vexLast(last & 0x7F);
            }
            case 0x62 -> evex();
            default -> legacy();
        }
    }

    private void vexLast(int last) {
        other = ~(last >> 3) & 15;
        length = last >> 2 & 1;
        prefix = last & 3;
    }

    private void evex() {
        at++;
        scheme = Scheme.EVEX;
        int first = u8();
        int second = u8();
        int third = u8();
        highR = (~first >> 7 & 1) | (~first >> 4 & 1) << 1;
        highX = ~first >> 6 & 1;
        highB = ~first >> 5 & 1;
        map = first & 15;
        wide = second >= 0x80;
        other = (~(second >> 3) & 15) | (~third >> 3 & 1) << 4;
        prefix = second & 3;
        zeroing = third >= 0x80;
        length = third >> 5 & 3;
        marked = (third & 0x10) != 0;
        mask = third & 7;
    }

    private void legacy() {
        switch (code[at] & 0xFF) {
            case 0x66 -> prefix = 1;
            case 0xF3 -> prefix = 2;
            case 0xF2 -> prefix = 3;
            default -> {}
        }
        at += prefix == 0 ? 0 : 1;
        if ((code[at] & 0xF0) == 0x40) {
            int rex = u8();
            wide = (rex & 8) != 0;
            highR = rex >> 2 & 1;
            highX = rex >> 1 & 1;
            highB = rex & 1;
        }
        if (code[at] == 0x0F) {
            at++;
            map = 1;
            if (code[at] == 0x38 || code[at] == 0x3A) {
                map = u8() == 0x38 ? 2 : 3;
            }
        }
    }

    /// The operands, if the bytes are of this form.
    private Optional<List<Operand>> read(Form form, int opcode) {
        var encoding = form.encoding();
        if (encoding.wide() != wide) {
            return Optional.empty();
        }
        int modRm = 0;
        if (encoding.fixed() >= 0 || encoding.hasModRm()) {
            modRm = u8();
            if (encoding.fixed() >= 0 && modRm != encoding.fixed()
                    || encoding.digit() >= 0 && encoding.digit() != (modRm >> 3 & 7)) {
                return Optional.empty();
            }
        }
        boolean register = modRm >= 0xC0 || encoding.inOpcode() || !encoding.hasModRm();
        boolean rounds = marked && register;
        int expected = encoding.length() == 512 ? 2 : encoding.length() == 256 ? 1 : 0;
        if (!rounds && expected != length || rounds && encoding.length() != 512 && encoding.length() != 0) {
            return Optional.empty();
        }
        int registerNumber = modRm >> 3 & 7 | highR << 3;
        int rmNumber = (encoding.inOpcode() ? opcode : modRm) & 7 | highB << 3;
        var operands = new ArrayList<Operand>();
        for (int i = 0; i < form.operands().size(); i++) {
            var pattern = form.operands().get(i);
            var operand = switch (form.roles().charAt(i)) {
                case 'R' -> register(pattern, registerNumber);
                case 'V' -> register(pattern, other);
                case 'O' -> register(pattern, rmNumber);
                case 'M' -> register ? register(pattern, rmNumber | vectorX(pattern)) : memory(pattern, modRm);
                case 'S' -> register(pattern, u8() >> 4);
                case 'X' -> Optional.<Operand>of(Gpr.RCX.low8());
                default -> immediate(pattern);
            };
            if (operand.isEmpty()) {
                return Optional.empty();
            }
            operands.add(operand.get());
        }
        bindLabels(operands);
        return form.accepts(operands.toArray(Operand[]::new)) && roundsAsForm(form, operands, rounds) && isUsed(form)
                ? Optional.of(List.copyOf(operands))
                : Optional.empty();
    }

    private int vectorX(OperandPattern pattern) {
        boolean vector = pattern.registers().stream().anyMatch(kind -> kind.endsWith("mm") && !kind.equals("tmm"));
        return vector && scheme == Scheme.EVEX ? highX << 4 : 0;
    }

    /// Masks and zeroing stand on an operand, and a second register is named only where there is one.
    private boolean isUsed(Form form) {
        boolean masked = form.operands().stream().anyMatch(OperandPattern::masked);
        boolean named = form.indexOf('V') >= 0 || form.operands().stream().anyMatch(pattern -> pattern.indices() != 0);
        return (masked || mask == 0 && !zeroing) && (named || other == 0);
    }

    private static boolean roundsAsForm(Form form, List<Operand> operands, boolean rounds) {
        return !rounds
                || operands.stream()
                        .anyMatch(operand -> operand instanceof Vec vec && vec.rounding() != Rounding.DEFAULT);
    }

    private Optional<Operand> register(OperandPattern pattern, int number) {
        if (pattern.registers().size() != 1) {
            return Optional.empty();
        }
        var kind = pattern.registers().iterator().next();
        return Optional.of(
                switch (kind) {
                    case "xmm", "ymm", "zmm" -> vector(pattern, number, kind);
                    case "k" -> new Mask(number);
                    case "tmm" -> new Tile(number);
                    default -> new Gpr(number, Integer.parseInt(kind.substring(1)));
                });
    }

    private Vec vector(OperandPattern pattern, int number, String kind) {
        var vec = Vec.of(number, kind.equals("xmm") ? 128 : kind.equals("ymm") ? 256 : 512);
        if (pattern.masked() && mask != 0) {
            vec = zeroing ? vec.zero(new Mask(mask)) : vec.mask(new Mask(mask));
        }
        return pattern.rounding() == Rounding.DEFAULT || !marked ? vec : vec.round(rounding(pattern));
    }

    private Rounding rounding(OperandPattern pattern) {
        if (pattern.rounding() == Rounding.SUPPRESS) {
            return Rounding.SUPPRESS;
        }
        return switch (length) {
            case 0 -> Rounding.NEAREST;
            case 1 -> Rounding.DOWN;
            case 2 -> Rounding.UP;
            default -> Rounding.TO_ZERO;
        };
    }

    private Optional<Operand> memory(OperandPattern pattern, int modRm) {
        if (pattern.memory() == 0 && pattern.broadcast() == 0 || marked && pattern.broadcast() == 0) {
            return Optional.empty();
        }
        int bits = marked ? pattern.broadcast() : Math.max(0, pattern.memory());
        int mode = modRm >> 6;
        int low = modRm & 7;
        var writemask = pattern.masked() ? new Mask(mask) : Mask.K0;
        if (mode == 0 && low == NO_BASE) {
            var label = new Label("at");
            label.bind((int) signed(4));
            return Optional.of(Mem.at(label).sized(bits).mask(writemask));
        }
        var base = Gpr.r64(low | highB << 3);
        Operand index = Gpr.NONE;
        int scale = 1;
        if (low == SIB_FOLLOWS) {
            int sib = u8();
            base = mode == 0 && (sib & 7) == NO_BASE ? Gpr.NONE : Gpr.r64(sib & 7 | highB << 3);
            int number = sib >> 3 & 7 | highX << 3;
            if (pattern.indices() != 0) {
                index = Vec.of(number | other & 16, pattern.indices());
                scale = 1 << (sib >> 6);
            } else if (number != SIB_FOLLOWS) {
                index = Gpr.r64(number);
                scale = 1 << (sib >> 6);
            }
        }
        var mem = Mem.at(base, index, scale, 0).sized(bits).mask(writemask);
        mem = marked ? mem.broadcast() : mem;
        if (mode == 1) {
            return Optional.of(mem.plus((int) signed(1) * unit(pattern, mem)));
        }
        return Optional.of(mode == 2 || !base.exists() ? mem.plus((int) signed(4)) : mem);
    }

    private int unit(OperandPattern pattern, Mem mem) {
        if (scheme != Scheme.EVEX) {
            return 1;
        }
        return mem.index() instanceof Vec ? wide ? 8 : 4 : pattern.displacementUnit(mem);
    }

    private Optional<Operand> immediate(OperandPattern pattern) {
        if (pattern.relative()) {
            var label = new Label("at");
            label.bind((int) signed(pattern.immediate()));
            return Optional.of(label);
        }
        long value = signed(pattern.immediate());
        return Optional.of(Imm.of(pattern.text().equals("imm8") ? value & 0xFF : value));
    }

    /// Distances count from the end of the instruction, which is known now.
    private void bindLabels(List<Operand> operands) {
        operands.replaceAll(operand -> switch (operand) {
            case Label label -> from(label);
            case Mem mem
            when mem.label().isPresent() -> {
                var place = Mem.at(from(mem.label().get())).sized(mem.bits()).mask(mem.mask());
                yield marked ? place.broadcast() : place;
            }
            default -> operand;
        });
    }

    private Label from(Label distance) {
        int place = at + distance.position();
        var label = new Label(Integer.toHexString(place));
        label.bind(place);
        return label;
    }
}
