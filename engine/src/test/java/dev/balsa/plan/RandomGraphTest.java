package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.text.GraphText;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.tensor.Precision;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rewriting, fusing, working in place and reusing memory change nothing.
class RandomGraphTest {
    private static final int NODES = 30;
    private static final double TOLERANCE = 1e-4;

    static List<Long> seeds() {
        return Seeds.some(40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rewrittenGraphsComputeTheSame(long seed) {
        var graph = RandomGraph.of(seed, NODES, false);
        var inputs = RandomGraph.inputs(graph, seed);
        var expected = Interpreter.run(graph, inputs);
        var rewritten = Pipelines.whenShaped(
                        _ -> true, new ImageLayouts(Isa.PORTABLE, Precision.FAST), new Chains(Isa.PORTABLE))
                .run(Pipelines.whenLoaded().run(graph));
        assertThat(rewritten.nodes()).hasSizeLessThan(graph.nodes().size());
        var found = Interpreter.run(rewritten, inputs);
        for (int i = 0; i < found.size(); i++) {
            BothWays.same("-Dbalsa.seed=" + seed + ", output " + i, found.get(i), expected.get(i), TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void plannedGraphsComputeTheSame(long seed) {
        compare(RandomGraph.of(seed, NODES, false), seed, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void plannedGraphsComputeTheSameBitsWhereKernelsAreExact(long seed) {
        compare(RandomGraph.of(seed, NODES, true), seed, 0);
    }

    private static void compare(Graph graph, long seed, double tolerance) {
        try {
            var runs = List.of(RandomGraph.inputs(graph, seed), RandomGraph.inputs(graph, seed + 1));
            BothWays.compare(graph, runs, 1 + (int) Math.floorMod(seed, 3L), tolerance);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Dbalsa.seed=" + seed + ": " + e.getMessage() + "\n" + GraphText.brief(graph), e);
        }
    }
}
