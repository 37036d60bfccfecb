package dev.balsa.newcomer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.reduction.CumSum;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.Work;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.run.StepInfo;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The steps of ARCHITECTURE.md for a new kernel, done: a request and a kernel, compared with the operator's plain
/// definition; and the lines of the planner that let a model use it.
class NewKernelTest {
    private static final String EXAMPLES = "engine/src/test/java/dev/balsa/newcomer/";

    private static Work work(long rows, int length) {
        return Trials.work(RunningSumKernel.all(), new RunningSumRequest(rows, length));
    }

    /// What the kernel must give: the plain definition of the operator.
    private static float[] expected(float[] x, long rows, int length) {
        var data = Tensor.of(x, rows, length);
        var y = new Value("y", TensorType.of(data));
        var inputs = List.of(Optional.of(data), Optional.of(Tensor.of(new long[] {1}, 1)));
        return Interpreter.evaluate(new CumSum(false, false), inputs, List.of(y), "CumSum")
                .getFirst()
                .toFloatArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void agreesWithThePlainDefinitionHoweverItIsSplit(int seed) {
        var random = new Random(seed);
        int rows = random.nextInt(60);
        int length = 1 + random.nextInt(700);
        var x = Trials.floats(random, (long) rows * length);
        var trial = SplitTrial.of(work(rows, length), random).input(x).output(4L * x.length);
        assertThat(trial.floats()).isEqualTo(expected(x, rows, length));
        assertThat(trial.inPlaceOf(0).floats()).isEqualTo(expected(x, rows, length));
    }

    @Test
    void refusesWhatItDoesNotSupport() {
        var kernel = new RunningSumKernel();
        var empty = new RunningSumRequest(3, 0);
        assertThat(kernel.supports(empty)).isFalse();
        assertThatThrownBy(() -> kernel.prepare(empty, Trials.NO_CONSTANTS)).isInstanceOf(InternalException.class);
    }

    @Test
    void runsAsAStepOfAProgramOnTwoThreads() {
        long rows = 50;
        int length = 500;
        var shape = Shape.of(rows, length);
        var work = work(rows, length);
        var step = new Step.KernelStep(new StepInfo("", "CumSum", "", "", 0, 0), work, List.of(0, 1));
        List<Slot> slots =
                List.of(new Slot.Input(0, DataType.FLOAT32, shape), new Slot.Output(0, DataType.FLOAT32, shape));
        var program = new Program(slots, List.of(step), List.of(1), 0, work.sharedBytes(), work.workerBytes());
        var x = Trials.floats(new Random(1), rows * length);
        try (var stream = new Stream(2, "example")) {
            var results = stream.run(program, List.of(Tensor.of(x, rows, length)));
            assertThat(results.tensors().getFirst().toFloatArray()).isEqualTo(expected(x, rows, length));
        }
    }

    @Test
    void isChosenForModelsOnceThePlannerKnowsIt(@TempDir Path folder) throws Exception {
        var model = new ExampleModel()
                .constant("axis", 1L)
                .node("CumSum", List.of("x", "axis"), "y")
                .write(folder.resolve("cumsum.onnx"));
        var engine = changed(folder);
        assertThat(engine.run(model, new float[] {1, 2, 3, 10, 20, 30}, 2, 3)).containsExactly(1, 3, 6, 10, 30, 60);
        assertThat(engine.plan(model, new float[6], 2, 3))
                .singleElement()
                .asString()
                .contains("portable_runningsum_f32");
    }

    private static LoadedEngine changed(Path folder) throws Exception {
        var reduce = "dev/balsa/kernel/reduce/";
        var lowering = "dev/balsa/plan/ReduceLowering.java";
        var choice = "dev/balsa/plan/Lowering.java";
        return new ChangedEngine(folder)
                .add(EXAMPLES + "RunningSumRequest.java", reduce + "RunningSumRequest.java")
                .add(EXAMPLES + "RunningSumWork.java", reduce + "RunningSumWork.java")
                .add(EXAMPLES + "RunningSumKernel.java", reduce + "RunningSumKernel.java")
                .insertBefore(
                        lowering,
                        "import dev.balsa.kernel.reduce.ReduceRequest;",
                        "import dev.balsa.ir.reduction.CumSum;",
                        "import dev.balsa.kernel.reduce.RunningSumKernel;",
                        "import dev.balsa.kernel.reduce.RunningSumRequest;")
                .insertBefore(lowering, "private static ReduceFunction function", """
                        Optional<KernelChoice> runningSum(Node node, CumSum op) {
                            var axis = graph.constant(node.input(1));
                            if (!Chains.isFloat(node.input(0)) || op.exclusive() || op.reverse() || axis.isEmpty()) {
                                return Optional.empty();
                            }
                            var shape = Chains.shape(node.input(0));
                            long along = axis.get().getLong(0);
                            if (along != -1 && along != shape.rank() - 1 || shape.dim(-1) > Integer.MAX_VALUE) {
                                return Optional.empty();
                            }
                            var request = new RunningSumRequest(shape.size(0, shape.rank() - 1), (int) shape.dim(-1));
                            return picker.pick(
                                    RunningSumKernel.all(), request, List.of(node.input(0), node.output(0)), 0);
                        }
                        """)
                .insertBefore(choice, "import dev.balsa.ir.reduction.Reduce;", "import dev.balsa.ir.reduction.CumSum;")
                .insertBefore(choice, "case Reduce op ->", "case CumSum op -> reductions.runningSum(node, op);")
                .load();
    }
}
