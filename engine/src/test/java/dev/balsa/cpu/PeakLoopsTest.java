package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.GnuTools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// That the loops do what their rates are told of.
class PeakLoopsTest {
    private static final int LENGTH = 3 * PeakLoops.GRAIN;

    /// A width of vectors, and what multiplies with it.
    record Loops(int vectorBytes, PeakUnit unit) {
        /// Both widths with all units, whether this processor has them or not.
        static Stream<Loops> all() {
            return Stream.of(32, 64)
                    .flatMap(width -> Arrays.stream(PeakUnit.values()).map(unit -> new Loops(width, unit)));
        }

        boolean isPossible() {
            var cpu = Cpu.current();
            return cpu.missing(vectorBytes == 64 ? Isa.AVX512 : Isa.AVX2).isEmpty()
                    && (unit == PeakUnit.BYTE_VECTORS
                            ? cpu.features().contains(vectorBytes == 64 ? CpuFeature.AVX512_VNNI : CpuFeature.AVX_VNNI)
                            : unit.isIn(cpu));
        }

        MachineCodeLoops open() {
            return new MachineCodeLoops(vectorBytes, Set.of(unit));
        }

        PeakCode code() {
            return new PeakCode(vectorBytes, Set.of(unit));
        }
    }

    /// Those that this processor has; none elsewhere.
    static Stream<Loops> possible() {
        return Loops.all().filter(Loops::isPossible);
    }

    static Stream<Loops> all() {
        return Loops.all();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("possible")
    void multipliesAndAddsInEveryLane(Loops tested) {
        try (var loops = tested.open()) {
            long operations = loops.multiplyAdd(tested.unit);
            int bytes = tested.code().sumBytes(tested.unit);
            switch (tested.unit) {
                // What times a half and one more stays the same.
                case FLOAT_VECTORS -> assertThat(loops.floatSums(bytes)).containsOnly(2f);
                // A multiply-add adds one.
                case BFLOAT16_TILES -> {
                    var sums = loops.floatSums(bytes);
                    assertThat(sums).containsOnly(sums[0]);
                    assertThat(operations).isEqualTo(2 * (long) sums[0] * sums.length);
                }
                case BYTE_VECTORS, BYTE_TILES -> {
                    var sums = loops.integerSums(bytes);
                    assertThat(sums).containsOnly(sums[0]);
                    assertThat(operations).isEqualTo(2L * sums[0] * sums.length);
                }
            }
            assertThat(operations).isPositive();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("possible")
    void readsEveryPlaceOnce(Loops tested) {
        try (var arena = Arena.ofConfined();
                var loops = tested.open()) {
            var memory = arena.allocate(LENGTH, PeakLoops.ALIGNMENT);
            long expected = 0;
            for (int i = 0; i < LENGTH / Float.BYTES; i++) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
                expected += i;
            }
            loops.read(memory);
            double sum = 0;
            for (float lane : loops.floatSums(tested.code().readSumBytes())) {
                sum += lane;
            }
            assertThat(sum).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void consistsOfInstructionsOfItsUnit(Loops tested, @TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(GnuTools.have("objdump"), "skipped: objdump is not installed");
        var code = tested.code();
        boolean wide = tested.vectorBytes == 64;
        var vectors = wide ? "zmm" : "ymm";
        assertThat(instructions(code, code.readAt(), folder))
                .anyMatch(line -> line.contains(vectors))
                .noneMatch(line -> line.contains(wide ? "ymm" : "zmm"));
        var product = switch (tested.unit) {
            case FLOAT_VECTORS -> "vfmadd213ps " + vectors;
            case BYTE_VECTORS -> (wide ? "" : "{vex} ") + "vpdpbusd " + vectors;
            case BFLOAT16_TILES -> "tdpbf16ps tmm";
            case BYTE_TILES -> "tdpbusd tmm";
        };
        assertThat(instructions(code, code.multiplyAddAt(tested.unit), folder))
                .anyMatch(line -> line.startsWith(product))
                .noneMatch(line -> line.contains(wide ? "ymm" : "zmm"));
    }

    private static List<String> instructions(PeakCode code, int from, Path folder)
            throws IOException, InterruptedException {
        var bytes = code.bytes();
        var lines = GnuTools.disassemble(Arrays.copyOfRange(bytes, from, bytes.length), folder).stream()
                .map(line -> line.text().strip())
                .toList();
        int end = lines.indexOf("ret");
        assertThat(end).isPositive();
        assertThat(lines.subList(0, end)).noneMatch(line -> line.contains("(bad)") || line.startsWith("."));
        return lines.subList(0, end);
    }

    @Test
    void refusesAUnitWithoutLoops() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PlainLoops().multiplyAdd(PeakUnit.BYTE_TILES))
                .withMessage("plain loops: expected FLOAT_VECTORS, found BYTE_TILES");
        var code = new PeakCode(32, Set.of(PeakUnit.FLOAT_VECTORS));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> code.multiplyAddAt(PeakUnit.BYTE_TILES))
                .withMessage("peak code: expected one of [FLOAT_VECTORS], found BYTE_TILES");
    }

    @Test
    void fitsAllSumsIntoItsMemory() {
        assertThat(Loops.all())
                .allSatisfy(
                        loops -> assertThat(loops.code().sumBytes(loops.unit())).isBetween(1, PeakCode.SUM_BYTES));
    }

    @Test
    void readsEveryPlaceOnceInPlainJava() {
        var loops = new PlainLoops();
        var numbers = new long[LENGTH / Long.BYTES];
        long expected = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
            expected += i;
        }
        loops.read(MemorySegment.ofArray(numbers));
        assertThat(loops.sum()).isEqualTo(expected);
        assertThat(loops.multiplyAdd(PeakUnit.FLOAT_VECTORS)).isPositive();
    }
}
