package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.text.GraphText;
import dev.balsa.kept.NotKeptException;
import dev.balsa.kernel.replay.ReplayWork;
import dev.balsa.run.Program;
import dev.balsa.run.Step;
import dev.balsa.run.StepListener;
import dev.balsa.run.Stream;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Captured steps that look at what is in their operands: what is out of range ends the run where it is
/// found, and the next run is as any.
class CapturedChecksTest {
    private static final int ROWS = 500;
    private static final int WIDTH = 200;
    private static final int TAKEN = 3000;

    private static final String GATHER = "graph \"g\" (%x: f32[" + ROWS + "," + WIDTH + "], %i: i64[" + TAKEN + "]) {"
            + " %a: f32[" + ROWS + "," + WIDTH + "] = Neg (%x)"
            + " %b: f32[" + TAKEN + "," + WIDTH + "] = Gather {axis=0} (%a, %i)"
            + " %y: f32[" + TAKEN + "," + WIDTH + "] = Abs (%b) return %y }";

    private static Program captured(Program program, ModelConstants constants, int workers) {
        try {
            var captured = ProgramCapture.of(program, constants, workers);
            assertThat(captured.steps())
                    .allSatisfy(
                            step -> assertThat(((Step.KernelStep) step).work()).isInstanceOf(ReplayWork.class));
            return captured;
        } catch (NotKeptException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Tensor> inputs(long seed, int badAt, long bad) {
        var random = new Random(seed);
        var x = new float[ROWS * WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat(-1, 1);
        }
        var numbers = random.longs(TAKEN, -ROWS, ROWS).toArray();
        if (badAt >= 0) {
            numbers[badAt] = bad;
        }
        return List.of(Tensor.of(x, ROWS, WIDTH), Tensor.of(numbers, TAKEN));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anIndexOutOfRangeEndsTheRun(int workers) {
        assumeTrue(Isa.best().compareTo(Isa.PORTABLE) > 0, "no machine code on this processor");
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(workers, "test")) {
            var context = BothWays.context(Isa.best(), Precision.FAST, constants);
            var planned = new CompiledGraph(GraphText.parse(GATHER), context).program(inputs(0, -1, 0));
            var program = captured(planned, constants, workers);
            for (int run = 0; run < 40; run++) {
                // With a listener steps are run one by one.
                stream.listen(run % 3 == 0 ? (info, depth, start, end) -> {} : StepListener.NONE);
                int badAt = new Random(run).nextInt(TAKEN);
                long bad = run % 2 == 0 ? ROWS : -ROWS - 1L;
                var wrong = inputs(run, badAt, bad);
                assertThatThrownBy(() -> stream.run(program, wrong))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("element " + badAt + ": index " + bad + " is out of range")
                        .hasMessageContaining("Gather");
                stream.listen(StepListener.NONE);
                check(stream, program, inputs(run, -1, 0));
            }
        }
    }

    private static void check(Stream stream, Program program, List<Tensor> inputs) {
        var results = stream.run(program, inputs);
        var found = results.tensors().getFirst();
        for (int i = 0; i < TAKEN; i++) {
            long row = Math.floorMod(inputs.get(1).getLong(i), (long) ROWS);
            for (int k = 0; k < WIDTH; k += 7) {
                assertThat(found.getFloat((long) i * WIDTH + k))
                        .isEqualTo(Math.abs(inputs.getFirst().getFloat(row * WIDTH + k)));
            }
        }
        results.release().run();
    }
}
