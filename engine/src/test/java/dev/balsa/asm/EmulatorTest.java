package dev.balsa.asm;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.STTILECFG;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVABS;
import static dev.balsa.asm.GeneralInstruction.POP;
import static dev.balsa.asm.GeneralInstruction.PUSH;
import static dev.balsa.asm.GeneralInstruction.RET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.emulator.EmulatedCode;
import dev.balsa.asm.emulator.PermittedMemory;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.CpuFeature;
import dev.balsa.cpu.Isa;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every instruction that this processor has, on random registers and memory: what the emulator makes of it is
/// what the processor does.
///
/// `-Ddev.balsa.asm.samples=N` tries each form N times, `-Ddev.balsa.asm.seed=S` from another seed.
class EmulatorTest {
    private static final int SAMPLES = Integer.getInteger("dev.balsa.asm.samples", 8);
    private static final long SEED = Long.getLong("dev.balsa.asm.seed", 1);

    /// What has no place in a routine of this test, or where processors differ. The configuration of tiles is loaded
    /// and
    /// released around every instruction with tiles.
    private static final Set<String> LEFT_OUT = Set.of(
            "RET",
            "CALL",
            "JMP",
            "UD2",
            "INT3",
            "SYSCALL",
            "CPUID",
            "XGETBV",
            "RDTSC",
            "RDTSCP",
            "PUSH",
            "POP",
            "DIV",
            "IDIV",
            "CLFLUSHOPT",
            "VLDMXCSR",
            "VSTMXCSR",
            "VRCPPS",
            "VRSQRTPS",
            "VRCP14PS",
            "VRSQRT14PS",
            "VZEROALL",
            "LDTILECFG",
            "TILERELEASE");

    private static final Gpr STATE = Gpr.R15;
    private static final Gpr MEMORY = Gpr.R14;
    private static final Gpr INDEX = Gpr.R13;
    private static final int RSP = 4;
    /// Where a state has the general registers, the flags, the masks and the vectors.
    private static final int FLAGS_AT = 128;

    private static final int MASKS_AT = 192;
    private static final int VECTORS_AT = 256;
    /// Behind them the configuration of tiles, which is told anew afterwards, and the tiles.
    private static final int CONFIGURATION_AT = VECTORS_AT + 32 * 64;

    private static final int TOLD_AT = CONFIGURATION_AT + 64;
    private static final int TILES_AT = TOLD_AT + 64;
    private static final int TILE_BYTES = 16 * 64;
    private static final int STATE_BYTES = TILES_AT + 8 * TILE_BYTES;
    private static final int MEMORY_BYTES = 4096;
    private static final List<GeneralInstruction> FLAGS = List.of(
            GeneralInstruction.SETB,
            GeneralInstruction.SETE,
            GeneralInstruction.SETS,
            GeneralInstruction.SETO,
            GeneralInstruction.SETP);

    private final Random random = new Random(SEED);
    private final Set<CpuFeature> features = Cpu.current().features();

    @BeforeAll
    static void needsX86() {
        assumeTrue(MachineCode.isPossible(), "skipped: machine code is made for x86-64 on Linux and macOS");
    }

    @Test
    void instructionsDoWhatTheProcessorDoes() {
        assumeTrue(features.contains(CpuFeature.AVX2), "skipped: the processor has no AVX2");
        var samples = new RandomInstructions(SEED);
        var failures = new ArrayList<String>();
        int tried = 0;
        for (var instruction : RandomInstructions.all()) {
            for (var form : RandomInstructions.forms(instruction)) {
                if (LEFT_OUT.contains(instruction.name()) || !has(instruction, form)) {
                    continue;
                }
                for (int i = 0; i < SAMPLES; i++) {
                    var sample = samples.sample(instruction, form);
                    var operands = sample.operands().stream()
                            .map(operand -> placed(operand, instruction))
                            .toList();
                    var failure = check(instruction, operands);
                    tried++;
                    if (!failure.isEmpty()) {
                        failures.add("seed %d: %s %s: %s".formatted(SEED, instruction.mnemonic(), operands, failure));
                        break;
                    }
                }
            }
        }
        assertThat(failures).as("of %d", tried).isEmpty();
        assertThat(tried).isGreaterThan(500 * SAMPLES);
    }

    private boolean has(Instruction instruction, Form form) {
        var name = instruction.name();
        if (name.equals("TDPFP16PS")
                || form.text().contains("MAP5")
                || form.text().contains("MAP6")) {
            return false;
        }
        if (instruction instanceof AmxInstruction) {
            return features.containsAll(Isa.AMX.needs());
        }
        if (name.endsWith("_VEX")) {
            return features.contains(CpuFeature.AVX_VNNI);
        }
        if (instruction instanceof MaskInstruction || form.encoding().scheme() == Encoding.Scheme.EVEX) {
            return features.containsAll(needed(name));
        }
        return true;
    }

    /// What an instruction with a mask or an EVEX prefix needs.
    private static Set<CpuFeature> needed(String name) {
        if (name.contains("BF16")) {
            return Set.of(CpuFeature.AVX512_BF16);
        }
        if (name.startsWith("VPDP")) {
            return Set.of(CpuFeature.AVX512_VNNI);
        }
        if (name.matches("VPSH[LR]D.*|VP(COMPRESS|EXPAND)[BW]")) {
            return Set.of(CpuFeature.AVX512_VBMI2);
        }
        if (name.matches("VPERM[TI]?2?B|VPMULTISHIFTQB|VPOPCNT.")) {
            // Whoever has the second also counts bits.
            return Set.of(CpuFeature.AVX512VBMI, CpuFeature.AVX512_VBMI2);
        }
        return Set.of(CpuFeature.AVX512F, CpuFeature.AVX512BW, CpuFeature.AVX512DQ, CpuFeature.AVX512VL);
    }

    /// The operand with registers that the routine does not need itself, and memory that is there.
    private Operand placed(Operand operand, Instruction instruction) {
        return switch (operand) {
            case Gpr gpr -> free(gpr);
            case Mem mem -> {
                boolean needsAlignment = instruction.name().matches("VMOV(AP[SD]|DQA.*|NT.*)");
                Operand index = mem.index() instanceof Vec ? mem.index() : random.nextBoolean() ? INDEX : Gpr.NONE;
                // Sixteen rows of a tile stay within the memory.
                int scale = 1 << random.nextInt(instruction instanceof AmxInstruction ? 3 : 4);
                int displacement = needsAlignment ? 64 * random.nextInt(4) : random.nextInt(-300, 300);
                if (needsAlignment) {
                    index = Gpr.NONE;
                }
                var place = Mem.at(MEMORY, index, index.equals(Gpr.NONE) ? 1 : scale, displacement)
                        .sized(mem.bits())
                        .mask(mem.mask());
                yield mem.broadcasts() ? place.broadcast() : place;
            }
            default -> operand;
        };
    }

    private static Gpr free(Gpr gpr) {
        boolean used = gpr.number() == RSP || gpr.number() >= INDEX.number();
        return used && gpr.exists() ? new Gpr(gpr.number() & 3, gpr.bits()) : gpr;
    }

    /// What is different; empty if nothing is.
    private String check(Instruction instruction, List<Operand> operands) {
        var bytes = routine(instruction, operands);
        try (var arena = Arena.ofConfined();
                var real = MachineCode.of(bytes)) {
            var first = arena.allocate(STATE_BYTES, 64);
            var second = arena.allocate(STATE_BYTES, 64);
            var memory = arena.allocate(MEMORY_BYTES, 64);
            fill(first, operands);
            if (instruction instanceof AmxInstruction) {
                fillTiles(first);
            }
            fillVectors(memory, 0, MEMORY_BYTES);
            second.copyFrom(first);
            var before = memory.toArray(ValueLayout.JAVA_BYTE);
            var permitted = new PermittedMemory();
            permitted.permit("memory", memory, true);
            real.call(0, first, memory.address() + MEMORY_BYTES / 2, 0);
            var expected = MemorySegment.ofArray(memory.toArray(ValueLayout.JAVA_BYTE));
            memory.copyFrom(MemorySegment.ofArray(before));
            try (var emulated = EmulatedCode.of(bytes, permitted)) {
                emulated.call(0, second, memory.address() + MEMORY_BYTES / 2, 0);
            } catch (AssertionError e) {
                return e.getMessage();
            }
            forgetUndefined(instruction, first);
            forgetUndefined(instruction, second);
            long at = first.mismatch(second);
            long inMemory = expected.mismatch(memory);
            return at >= 0
                    ? difference(at, first, second)
                    : inMemory >= 0 ? difference(inMemory, expected, memory) : "";
        }
    }

    private static String difference(long at, MemorySegment expected, MemorySegment found) {
        long word = at / 8 * 8;
        return "at %d of the state or the memory: expected %016x, found %016x"
                .formatted(
                        at,
                        expected.get(ValueLayout.JAVA_LONG_UNALIGNED, word),
                        found.get(ValueLayout.JAVA_LONG_UNALIGNED, word));
    }

    /// Flags that the manual leaves undefined.
    private static void forgetUndefined(Instruction instruction, MemorySegment state) {
        var undefined = switch (instruction.name()) {
            case "MUL", "IMUL" -> "ESP";
            case "ROL", "ROR", "SHL", "SHR", "SAR" -> "O";
            case "TZCNT", "LZCNT" -> "SOP";
            case "BEXTR" -> "SP";
            case "ANDN", "BZHI", "BLSR", "BLSMSK", "BLSI" -> "P";
            default -> "";
        };
        for (int i = 0; i < FLAGS.size(); i++) {
            if (undefined.contains(FLAGS.get(i).name().substring(3))) {
                state.set(ValueLayout.JAVA_BYTE, FLAGS_AT + i, (byte) 0);
            }
        }
    }

    private boolean hasMasks() {
        return features.containsAll(needed(""));
    }

    /// Loads the state, executes the instruction, stores the state.
    private byte[] routine(Instruction instruction, List<Operand> operands) {
        var a = new Assembler();
        var kept = List.of(Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);
        kept.forEach(register -> a.emit(PUSH, register));
        a.emit(MOV, STATE, Gpr.RDI);
        a.emit(MOV, MEMORY, Gpr.RSI);
        for (int i = 0; i < vectors(); i++) {
            a.emit(VMOVUPS, vector(i), Mem.at(STATE, VECTORS_AT + 64 * i));
        }
        for (int i = 0; i < 8 && hasMasks(); i++) {
            a.emit(MaskInstruction.KMOVQ, new Mask(i), Mem.at(STATE, MASKS_AT + 8 * i));
        }
        boolean hasTiles = instruction instanceof AmxInstruction;
        if (hasTiles) {
            a.emit(LDTILECFG, Mem.at(STATE, CONFIGURATION_AT));
            a.emit(MOV, Gpr.RAX, Imm.of(64));
            for (int i = 0; i < 8; i++) {
                a.emit(TILELOADD, new Tile(i), Mem.at(STATE, Gpr.RAX, 1, TILES_AT + TILE_BYTES * i));
            }
        }
        a.emit(MOVABS, Gpr.RAX, Imm.of(random.nextLong()));
        a.emit(CMP, Gpr.RAX, Imm.of(random.nextInt()));
        for (int i = 0; i <= INDEX.number(); i++) {
            if (i != RSP) {
                a.emit(MOV, Gpr.r64(i), Mem.at(STATE, 8 * i));
            }
        }
        a.emit(instruction, operands.toArray(Operand[]::new));
        for (int i = 0; i <= INDEX.number(); i++) {
            if (i != RSP) {
                a.emit(MOV, Mem.at(STATE, 8 * i), Gpr.r64(i));
            }
        }
        for (int i = 0; i < FLAGS.size(); i++) {
            a.emit(FLAGS.get(i), Mem.at(STATE, FLAGS_AT + i).sized(8));
        }
        for (int i = 0; i < vectors(); i++) {
            a.emit(VMOVUPS, Mem.at(STATE, VECTORS_AT + 64 * i), vector(i));
        }
        for (int i = 0; i < 8 && hasMasks(); i++) {
            a.emit(MaskInstruction.KMOVQ, Mem.at(STATE, MASKS_AT + 8 * i), new Mask(i));
        }
        if (hasTiles) {
            a.emit(STTILECFG, Mem.at(STATE, TOLD_AT));
            a.emit(MOV, Gpr.RAX, Imm.of(64));
            for (int i = 0; i < 8; i++) {
                a.emit(TILESTORED, Mem.at(STATE, Gpr.RAX, 1, TILES_AT + TILE_BYTES * i), new Tile(i));
            }
            a.emit(TILERELEASE);
        }
        kept.reversed().forEach(register -> a.emit(POP, register));
        a.emit(AvxInstruction.VZEROUPPER);
        a.emit(RET);
        return a.finish();
    }

    private int vectors() {
        return hasMasks() ? 32 : 16;
    }

    private Vec vector(int number) {
        return Vec.of(number, hasMasks() ? 512 : 256);
    }

    private void fill(MemorySegment state, List<Operand> operands) {
        for (int i = 0; i < 16; i++) {
            long value = random.nextBoolean() ? random.nextLong() : random.nextInt(-100, 100);
            state.set(ValueLayout.JAVA_LONG, 8 * i, i == INDEX.number() ? random.nextInt(-20, 20) : value);
        }
        for (int i = 0; i < 8; i++) {
            state.set(ValueLayout.JAVA_LONG, MASKS_AT + 8 * i, random.nextLong());
        }
        fillVectors(state, VECTORS_AT, CONFIGURATION_AT);
        for (var operand : operands) {
            if (operand instanceof Mem mem && mem.index() instanceof Vec index) {
                for (int i = 0; i < 16; i++) {
                    state.set(
                            ValueLayout.JAVA_INT, VECTORS_AT + 64 * index.number() + 4 * i, random.nextInt(-100, 100));
                }
            }
        }
    }

    /// Tiles of which the first and second, the next three and the last three are the sum, the left and the right
    /// factor of a product of any size.
    private void fillTiles(MemorySegment state) {
        int rows = 1 + random.nextInt(16);
        int columns = 1 + random.nextInt(16);
        int depth = 1 + random.nextInt(16);
        state.set(ValueLayout.JAVA_BYTE, CONFIGURATION_AT, (byte) 1);
        for (int i = 0; i < 8; i++) {
            int bytes = 4 * (i >= 2 && i < 5 ? depth : columns);
            state.set(ValueLayout.JAVA_SHORT, CONFIGURATION_AT + 16 + 2 * i, (short) bytes);
            state.set(ValueLayout.JAVA_BYTE, CONFIGURATION_AT + 48 + i, (byte) (i < 5 ? rows : depth));
        }
        fillVectors(state, TILES_AT, STATE_BYTES);
    }

    /// Integers, floats and doubles of all sizes and kinds, a kind for each 64 bytes.
    private void fillVectors(MemorySegment segment, int from, int to) {
        int kind = 0;
        for (int at = from; at < to; at += 8) {
            kind = at % 64 == 0 ? random.nextInt(5) : kind;
            long value = switch (kind) {
                case 0 -> random.nextLong();
                case 1 -> floats() & 0xFFFF_FFFFL | (long) floats() << 32;
                case 2 -> doubles();
                case 3 -> random.nextInt(-70, 70) & 0xFFFF_FFFFL | (long) random.nextInt(-70, 70) << 32;
                default -> random.nextLong() & 0x8080_8080_8080_8080L | random.nextInt(3);
            };
            segment.set(ValueLayout.JAVA_LONG, at, value);
        }
    }

    private int floats() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt();
            case 1 ->
                new int[] {0, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_1234, 0x7F80_4321, 0x7F7F_FFFF}
                        [random.nextInt(7)];
            case 2 -> random.nextInt() & 0x807F_FFFF;
            default -> Float.floatToRawIntBits((float) (random.nextGaussian() * Math.pow(10, random.nextInt(-3, 4))));
        };
    }

    private long doubles() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 ->
                new long[] {0, Long.MIN_VALUE, 0x7FF0_0000_0000_0000L, 0x7FF8_0000_0000_1234L, 0x7FF0_0000_0000_4321L}
                        [random.nextInt(5)];
            case 2 -> random.nextLong() & 0x800F_FFFF_FFFF_FFFFL;
            default -> Double.doubleToRawLongBits(random.nextGaussian() * Math.pow(10, random.nextInt(-50, 50)));
        };
    }
}
