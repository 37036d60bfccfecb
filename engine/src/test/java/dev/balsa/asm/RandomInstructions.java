package dev.balsa.asm;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Random operands for every form of every instruction, and how assemblers and disassemblers write them.
final class RandomInstructions {
    /// An instruction with operands, and the bytes of one of its forms.
    record Sample(Instruction instruction, Form form, List<Operand> operands, byte[] bytes) {}

    private final Random random;

    RandomInstructions(long seed) {
        this.random = new Random(seed);
    }

    /// All instructions of all tables.
    static List<Instruction> all() {
        return Stream.of(Instruction.class.getPermittedSubclasses())
                .flatMap(table -> Stream.of(table.getEnumConstants()))
                .map(Instruction.class::cast)
                .toList();
    }

    /// All forms of an instruction with operands to choose: not those of jumps to labels.
    static List<Form> forms(Instruction instruction) {
        return instruction.forms().stream()
                .filter(form -> form.operands().stream().noneMatch(OperandPattern::relative))
                .toList();
    }

    /// A random use of a form.
    Sample sample(Instruction instruction, Form form) {
        var operands = new ArrayList<Operand>();
        boolean evex = form.encoding().scheme() == Encoding.Scheme.EVEX;
        boolean rounds = evex && random.nextInt(4) == 0;
        for (var pattern : form.operands()) {
            operands.add(operand(pattern, form, evex, rounds));
        }
        distinguish(operands, form);
        if (operands.stream().anyMatch(Mem.class::isInstance)) {
            operands.replaceAll(operand -> operand instanceof Vec vec ? vec.round(Rounding.DEFAULT) : operand);
        }
        var code = new Code();
        Encoder.encode(code, form, operands.toArray(Operand[]::new));
        return new Sample(instruction, form, List.copyOf(operands), code.finish());
    }

    /// Tile products and gathers want different registers; a rounded instruction has no memory.
    private void distinguish(List<Operand> operands, Form form) {
        boolean gather = form.text().contains("VM") && !form.text().contains("VM{k}");
        if (form.operands().stream().allMatch(pattern -> pattern.registers().contains("tmm")) && operands.size() == 3) {
            operands.set(0, new Tile(1));
            operands.set(1, new Tile(2 + random.nextInt(3)));
            operands.set(2, new Tile(5 + random.nextInt(3)));
        }
        if (gather && operands.get(1) instanceof Mem mem && mem.index() instanceof Vec index) {
            int most = form.encoding().scheme() == Encoding.Scheme.EVEX ? 32 : 16;
            var first = (Vec) operands.get(0);
            operands.set(0, new Vec((index.number() + 1) % most, first.bits(), first.mask(), false, Rounding.DEFAULT));
            if (operands.size() == 3) {
                operands.set(2, Vec.of((index.number() + 2) % most, ((Vec) operands.get(2)).bits()));
            }
        }
    }

    private Operand operand(OperandPattern pattern, Form form, boolean evex, boolean rounds) {
        if (pattern.immediate() != 0) {
            return Imm.of(immediate(pattern));
        }
        var kinds = new ArrayList<>(pattern.registers().stream().sorted().toList());
        boolean rounded = rounds && pattern.rounding() != Rounding.DEFAULT;
        if (pattern.memory() != 0 && !rounded) {
            kinds.add("memory");
        }
        if (pattern.broadcast() != 0 && !rounded) {
            kinds.add("broadcast");
        }
        var kind = kinds.get(random.nextInt(kinds.size()));
        return switch (kind) {
            case "memory" -> memory(pattern, evex);
            case "broadcast" -> memory(pattern, evex).broadcast().sized(pattern.broadcast());
            case "k" -> new Mask(random.nextInt(8));
            case "tmm" -> new Tile(random.nextInt(8));
            case "cl" -> Gpr.RCX.low8();
            case "r8", "r16", "r32", "r64" -> new Gpr(random.nextInt(16), Integer.parseInt(kind.substring(1)));
            default -> vector(kind, pattern, evex, rounded, form);
        };
    }

    private Vec vector(String kind, OperandPattern pattern, boolean evex, boolean rounded, Form form) {
        int bits = kind.equals("xmm") ? 128 : kind.equals("ymm") ? 256 : 512;
        var vec = Vec.of(random.nextInt(evex ? 32 : 16), bits);
        if (pattern.masked() && (random.nextBoolean() || form.text().contains("VM"))) {
            var mask = new Mask(1 + random.nextInt(7));
            vec = pattern.zeroed() && random.nextBoolean() ? vec.zero(mask) : vec.mask(mask);
        }
        return rounded ? vec.round(rounding(pattern)) : vec;
    }

    private Rounding rounding(OperandPattern pattern) {
        if (pattern.rounding() == Rounding.SUPPRESS) {
            return Rounding.SUPPRESS;
        }
        return List.of(Rounding.NEAREST, Rounding.DOWN, Rounding.UP, Rounding.TO_ZERO)
                .get(random.nextInt(4));
    }

    private Mem memory(OperandPattern pattern, boolean evex) {
        var base = random.nextInt(8) == 0
                        && pattern.indices() == 0
                        && !pattern.text().equals("sibmem")
                ? Gpr.NONE
                : Gpr.r64(random.nextInt(16));
        Operand index = Gpr.NONE;
        if (pattern.indices() != 0) {
            index = Vec.of(random.nextInt(evex ? 32 : 16), pattern.indices());
        } else if (random.nextBoolean()) {
            index = Gpr.r64((5 + random.nextInt(15)) % 16);
        }
        int scale = index.equals(Gpr.NONE) ? 1 : 1 << random.nextInt(4);
        int unit = Math.max(8, pattern.memory()) / 8;
        int displacement = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> unit * (random.nextInt(256) - 128);
            case 2 -> random.nextInt(256) - 128;
            default -> random.nextInt();
        };
        if (!base.exists() && displacement < 0) {
            displacement = -(displacement + 1);
        }
        var mem = Mem.at(base, index, scale, displacement).sized(Math.max(0, pattern.memory()));
        boolean scatter = pattern.masked() && pattern.indices() != 0;
        return scatter || pattern.masked() && random.nextBoolean() ? mem.mask(new Mask(1 + random.nextInt(7))) : mem;
    }

    /// Comparisons of the first kinds have names of their own in the disassembly.
    private long immediate(OperandPattern pattern) {
        return switch (pattern.immediate()) {
            case 1 -> pattern.text().equals("imm8") ? 32 + random.nextInt(224) : random.nextInt(256) - 128;
            case 4 -> random.nextInt();
            default -> random.nextLong();
        };
    }
}
