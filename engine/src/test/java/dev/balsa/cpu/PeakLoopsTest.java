package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.GnuTools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// That the loops do what their rates are told of.
class PeakLoopsTest {
    private static final int LENGTH = 3 * PeakLoops.GRAIN;

    /// The levels with machine code that this processor has; none elsewhere.
    static Stream<Isa> levels() {
        return Isa.all().stream()
                .filter(isa -> isa == Isa.AVX2 || isa == Isa.AVX512)
                .filter(isa -> Cpu.current().missing(isa).isEmpty());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("levels")
    void multipliesAndAddsInEveryLane(Isa isa) {
        try (var loops = new MachineCodeLoops(isa)) {
            assertThat(loops.multiplyAdd()).isPositive();
            // What times a half and one more stays the same.
            assertThat(loops.sums(PeakCode.CHAINS)).containsOnly(2f);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("levels")
    void readsEveryPlaceOnce(Isa isa) {
        try (var arena = Arena.ofConfined();
                var loops = new MachineCodeLoops(isa)) {
            var memory = arena.allocate(LENGTH, PeakLoops.ALIGNMENT);
            long expected = 0;
            for (int i = 0; i < LENGTH / Float.BYTES; i++) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
                expected += i;
            }
            loops.read(memory);
            double sum = 0;
            for (float lane : loops.sums(PeakCode.READ_SUMS)) {
                sum += lane;
            }
            assertThat(sum).isEqualTo(expected);
        }
    }

    /// Of both widths, whether this processor has them or not.
    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void consistsOfInstructionsOfItsLevel(int vectorBytes, @TempDir Path folder)
            throws IOException, InterruptedException {
        assumeTrue(GnuTools.have("objdump"), "skipped: objdump is not installed");
        var code = new PeakCode(vectorBytes);
        var bytes = code.bytes();
        for (var routine : List.of(bytes, Arrays.copyOfRange(bytes, code.readAt(), bytes.length))) {
            var lines = GnuTools.disassemble(routine, folder).stream()
                    .map(line -> line.text().strip())
                    .toList();
            int end = lines.indexOf("ret");
            assertThat(end).isPositive();
            assertThat(lines.subList(0, end))
                    .noneMatch(line -> line.contains("(bad)") || line.startsWith("."))
                    .anyMatch(line -> line.contains(vectorBytes == 64 ? "zmm" : "ymm"))
                    .noneMatch(line -> line.contains(vectorBytes == 64 ? "ymm" : "zmm"));
        }
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
        assertThat(loops.multiplyAdd()).isPositive();
    }
}
