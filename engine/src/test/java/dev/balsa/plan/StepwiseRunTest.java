package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Deviation;
import dev.balsa.Seeds;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Tanh;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.text.GraphText;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.StepInfo;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs node by node give the same as usual ones, and tell how exact layers are.
class StepwiseRunTest {
    /// What [Precision#FAST] promises, of a layer's largest output.
    private static final double FAST = 2e-5;
    /// What plain float sums of as many products as there are here stay within.
    private static final double EXACT = 2e-6;

    static List<Long> seeds() {
        return Seeds.some(10);
    }

    static List<Isa> levels() {
        var levels = new ArrayList<>(List.of(Isa.PORTABLE));
        CodeTrial.levels().forEach(levels::add);
        return levels;
    }

    private record Heard(StepInfo step, Deviation error) {}

    /// Runs both ways, asserts that the outputs are the same bits, and returns what the listener hears.
    private static List<Heard> run(Graph graph, List<Tensor> inputs, Isa isa, Precision precision) {
        var heard = new ArrayList<Heard>();
        try (var arena = Arena.ofShared();
                var constants = BothWays.constants(arena, isa);
                var stream = new Stream(2, "test")) {
            var context = BothWays.context(isa, precision, constants);
            var compiled = new CompiledGraph(Pipelines.whenLoaded().run(graph), context);
            StepwiseRun.Listener listener = (step, found, expected) -> {
                assertThat(expected.type()).isEqualTo(DataType.FLOAT64);
                heard.add(new Heard(step, Deviation.of(found, expected)));
            };
            var found = new StepwiseRun(context, stream, listener).run(compiled, inputs);
            var expected = stream.run(compiled.program(inputs), inputs).tensors();
            for (int i = 0; i < expected.size(); i++) {
                BothWays.same("output " + i, found.get(i), expected.get(i), 0);
            }
        }
        return heard;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameBits(long seed) {
        var graph = RandomGraph.of(seed, 30, false);
        try {
            run(graph, RandomGraph.inputs(graph, seed), Isa.best(), Precision.FAST);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Dbalsa.seed=" + seed + ": " + e.getMessage() + "\n" + GraphText.brief(graph), e);
        }
    }

    @Test
    void goesIntoBodiesAndLaterStages() {
        var body = "graph \"body\" (%x: f32[?]) { %y: f32[?] = Exp (%x) return %y }";
        var graph = GraphText.parse("graph \"g\" (%q: bool[], %x: f32[4], %k: bool[4]) {"
                + " %some: f32[?] = Compress {axis=none} (%x, %k)"
                + " %e: f32[?] = If {thenBranch=" + body + ", elseBranch=" + body + "} (%q, %some)"
                + " %y: f32[?] = Tanh (%e) return %y }");
        var inputs = List.of(
                Tensor.of(new boolean[] {true}, 1).reshaped(Shape.scalar()),
                Tensor.of(new float[] {1, 2, 3, 4}, 4),
                Tensor.of(new boolean[] {true, false, true, true}, 4));
        assertThat(run(graph, inputs, Isa.best(), Precision.EXACT))
                .extracting(heard -> heard.step().operator())
                .containsExactly("Compress", "Exp", "Tanh");
    }

    @ParameterizedTest
    @MethodSource("levels")
    void layersStayWithinWhatPrecisionsPromise(Isa isa) {
        var graph = layers();
        var inputs = List.of(tensor(1, 64, 14, 14), tensor(20, 300));
        assertWithin(FAST, run(graph, inputs, isa, Precision.FAST));
        assertWithin(EXACT, run(graph, inputs, isa, Precision.EXACT));
    }

    private static void assertWithin(double bound, List<Heard> heard) {
        assertThat(heard)
                .hasSizeGreaterThan(6)
                .allSatisfy(each ->
                        assertThat(each.error().relative()).as(each.toString()).isLessThanOrEqualTo(bound));
    }

    private static Tensor tensor(long... dims) {
        return Trial.floats(new Random(dims.length), dims);
    }

    /// Layers of networks of images and of language.
    private static Graph layers() {
        var graph = new GraphBuilder("layers");
        var image = graph.input("image", TensorType.of(DataType.FLOAT32, 1, 64, 14, 14));
        var conv = graph.add(conv(1), image, weights(graph, 64, 64, 3, 3), weights(graph, 64));
        var swish = graph.add(new Mul(), conv, graph.add(new Sigmoid(), conv));
        var deep = graph.add(conv(64), swish, weights(graph, 64, 1, 3, 3));
        var pool = graph.add(new AveragePool(window(), false), deep);
        var rows = graph.input("rows", TensorType.of(DataType.FLOAT32, 20, 300));
        var norm = graph.add(
                new LayerNormalization(-1, 1e-5F, DataType.FLOAT32), rows, weights(graph, 300), weights(graph, 300));
        var hidden = graph.add(new Add(), graph.add(new MatMul(), norm, weights(graph, 300, 77)), weights(graph, 77));
        var gelu = graph.add(new Gelu(false), hidden);
        var scores = graph.add(new MatMul(), gelu, weights(graph, 77, 33));
        return graph.build(List.of(graph.add(new Tanh(), pool), graph.add(new Softmax(-1, false), scores), scores));
    }

    private static Value weights(GraphBuilder graph, long... dims) {
        return graph.constant("weights", tensor(dims));
    }

    private static Conv conv(long groups) {
        return new Conv(window(), groups);
    }

    private static WindowAttributes window() {
        return new WindowAttributes(
                List.of(3L, 3L), List.of(), List.of(), List.of(1L, 1L, 1L, 1L), AutoPad.NOTSET, false);
    }
}
