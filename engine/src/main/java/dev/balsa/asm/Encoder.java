package dev.balsa.asm;

import dev.balsa.asm.Encoding.Scheme;

/// Writes one instruction in one of its forms (Intel SDM, volume 2, chapter 2).
final class Encoder {
    private static final int SIB_FOLLOWS = 4;
    private static final int NO_BASE = 5;

    private final Code code;
    private final Form form;
    private final Encoding encoding;
    private final Operand[] operands;
    private final Operand rm;

    private Encoder(Code code, Form form, Operand[] operands) {
        this.code = code;
        this.form = form;
        this.encoding = form.encoding();
        this.operands = operands;
        this.rm = form.rm() < 0 ? Gpr.NONE : operands[form.rm()];
    }

    /// Appends the bytes.
    static void encode(Code code, Form form, Operand[] operands) {
        new Encoder(code, form, operands).write();
    }

    private void write() {
        switch (encoding.scheme()) {
            case LEGACY -> legacy();
            case VEX -> vex();
            case EVEX -> evex();
        }
        int register = number(form.register());
        code.u8(encoding.opcode() | (encoding.inOpcode() ? numberOf(rm) & 7 : 0));
        if (encoding.fixed() >= 0) {
            code.u8(encoding.fixed());
        } else if (encoding.hasModRm()) {
            modRm(encoding.digit() >= 0 ? encoding.digit() : register & 7);
        }
        immediates();
    }

    private static int numberOf(Operand operand) {
        return switch (operand) {
            case Gpr gpr -> Math.max(0, gpr.number());
            case Vec vec -> vec.number();
            case Mask mask -> mask.number();
            case Tile tile -> tile.number();
            case Mem _, Imm _, Label _ -> 0;
        };
    }

    /// @param index of an operand; -1 for none
    private int number(int index) {
        return index < 0 ? 0 : numberOf(operands[index]);
    }

    private int indexNumber() {
        return rm instanceof Mem mem ? numberOf(mem.index()) : 0;
    }

    private int baseNumber() {
        return rm instanceof Mem mem ? numberOf(mem.base()) : numberOf(rm);
    }

    private void legacy() {
        switch (encoding.prefix()) {
            case 1 -> code.u8(0x66);
            case 2 -> code.u8(0xF3);
            case 3 -> code.u8(0xF2);
            default -> {}
        }
        int rex = (encoding.wide() ? 8 : 0)
                | (number(form.register()) >> 3 & 1) << 2
                | (indexNumber() >> 3 & 1) << 1
                | baseNumber() >> 3 & 1;
        if (rex != 0 || needsRex()) {
            code.u8(0x40 | rex);
        }
        if (encoding.map() > 0) {
            code.u8(0x0F);
        }
        if (encoding.map() > 1) {
            code.u8(encoding.map() == 2 ? 0x38 : 0x3A);
        }
    }

    /// The low bytes of rsp, rbp, rsi and rdi are those of other registers without the prefix.
    private boolean needsRex() {
        for (var operand : operands) {
            if (operand instanceof Gpr gpr && gpr.bits() == 8 && gpr.number() >= 4) {
                return true;
            }
        }
        return false;
    }

    private void vex() {
        int r = ~number(form.register()) >> 3 & 1;
        int x = ~indexNumber() >> 3 & 1;
        int b = ~baseNumber() >> 3 & 1;
        int last = (~number(form.other()) & 15) << 3 | (encoding.length() == 256 ? 4 : 0) | encoding.prefix();
        if (x == 1 && b == 1 && encoding.map() == 1 && !encoding.wide()) {
            code.u8(0xC5);
            code.u8(r << 7 | last);
        } else {
            code.u8(0xC4);
            code.u8(r << 7 | x << 6 | b << 5 | encoding.map());
            code.u8((encoding.wide() ? 0x80 : 0) | last);
        }
    }

    private void evex() {
        int register = number(form.register());
        int other = number(form.other());
        boolean vectorIndex = rm instanceof Mem mem && mem.index() instanceof Vec;
        int x = rm instanceof Mem ? ~indexNumber() >> 3 & 1 : ~numberOf(rm) >> 4 & 1;
        int high = vectorIndex ? ~indexNumber() >> 4 & 1 : ~other >> 4 & 1;
        var mask = Mask.K0;
        boolean zeroing = false;
        var rounding = Rounding.DEFAULT;
        for (var operand : operands) {
            if (operand instanceof Vec vec) {
                mask = mask.number() == 0 ? vec.mask() : mask;
                zeroing |= vec.zeroing();
                rounding = rounding == Rounding.DEFAULT ? vec.rounding() : rounding;
            } else if (operand instanceof Mem mem && mask.number() == 0) {
                mask = mem.mask();
            }
        }
        var broadcasts = rm instanceof Mem mem && mem.broadcasts();
        int length = rounding != Rounding.DEFAULT ? rounding.code() : lengthCode();
        code.u8(0x62);
        code.u8((~register >> 3 & 1) << 7
                | x << 6
                | (~baseNumber() >> 3 & 1) << 5
                | (~register >> 4 & 1) << 4
                | encoding.map());
        code.u8((encoding.wide() ? 0x80 : 0) | (~other & 15) << 3 | 4 | encoding.prefix());
        code.u8((zeroing ? 0x80 : 0)
                | length << 5
                | (rounding != Rounding.DEFAULT || broadcasts ? 0x10 : 0)
                | high << 3
                | mask.number());
    }

    private int lengthCode() {
        return encoding.length() == 512 ? 2 : encoding.length() == 256 ? 1 : 0;
    }

    private void modRm(int register) {
        if (!(rm instanceof Mem mem)) {
            code.u8(0xC0 | register << 3 | numberOf(rm) & 7);
        } else if (mem.label().isPresent()) {
            code.u8(register << 3 | NO_BASE);
            code.relative(mem.label().get(), 4, form.immediateBytes());
        } else {
            memory(register, mem);
        }
    }

    private void memory(int register, Mem mem) {
        int unit = encoding.scheme() == Scheme.EVEX ? displacementUnit(mem) : 1;
        int displacement = mem.displacement();
        int base = numberOf(mem.base()) & 7;
        boolean fitsByte = displacement % unit == 0 && displacement / unit == (byte) (displacement / unit);
        int mode = !mem.base().exists() ? 0 : displacement == 0 && base != NO_BASE ? 0 : fitsByte ? 1 : 2;
        if (mem.hasIndex() || base == SIB_FOLLOWS || !mem.base().exists() || form.isTileMemory()) {
            code.u8(mode << 6 | register << 3 | SIB_FOLLOWS);
            int index = mem.hasIndex() ? numberOf(mem.index()) & 7 : SIB_FOLLOWS;
            int scale = Integer.numberOfTrailingZeros(mem.scale());
            code.u8(scale << 6 | index << 3 | (mem.base().exists() ? base : NO_BASE));
        } else {
            code.u8(mode << 6 | register << 3 | base);
        }
        if (mode == 1) {
            code.u8(displacement / unit);
        } else if (mode == 2 || !mem.base().exists()) {
            code.u32(displacement);
        }
    }

    private int displacementUnit(Mem mem) {
        if (mem.index() instanceof Vec) {
            return encoding.wide() ? 8 : 4;
        }
        return form.operand(form.rm()).displacementUnit(mem);
    }

    private void immediates() {
        if (form.immediateBytes() == 0) {
            return;
        }
        if (form.selector() >= 0) {
            code.u8(number(form.selector()) << 4);
        }
        for (int i = 0; i < operands.length; i++) {
            int bytes = form.operand(i).immediate();
            switch (operands[i]) {
                case Imm imm when bytes > 0 -> code.number(imm.value(), bytes);
                case Label label -> code.relative(label, bytes, 0);
                default -> {}
            }
        }
    }
}
