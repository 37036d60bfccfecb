package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.NodeTyping;
import dev.balsa.plan.BothWays;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Random;

/// What must hold of every rewritten graph.
final class RewriteChecks {
    private static final double TOLERANCE = 1e-5;
    private static final long SYMBOL_LENGTH = 3;

    private RewriteChecks() {}

    /// Asserts that each node's operator gives the types that the graph says its outputs have.
    static void assertTypesFit(Graph graph) {
        var typing = new NodeTyping(graph.constants());
        for (var node : graph.nodes()) {
            var types = typing.infer(node.op(), node.inputs(), node.outputs().size());
            for (int i = 0; i < types.size(); i++) {
                if (node.outputs().get(i).isPresent()) {
                    assertThat(node.outputs().get(i).type()).as(node.label()).isEqualTo(types.get(i));
                }
            }
            if (!node.outputs().isEmpty()) {
                typing.note(node.op(), node.inputs(), node.outputs().getFirst());
            }
        }
    }

    /// Asserts that two graphs compute the same of random inputs, or fail both.
    static void assertSameResults(Graph before, Graph after, long seed) {
        var inputs = inputs(before, seed);
        List<Tensor> expected;
        try {
            expected = Interpreter.run(before, inputs);
        } catch (BalsaException _) {
            assertThatThrownBy(() -> Interpreter.run(after, inputs)).isInstanceOf(BalsaException.class);
            return;
        }
        var found = Interpreter.run(after, inputs);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            BothWays.same("output " + i + " with seed " + seed, found.get(i), expected.get(i), TOLERANCE);
        }
    }

    private static List<Tensor> inputs(Graph graph, long seed) {
        var random = new Random(seed);
        return graph.inputs().stream()
                .map(input -> {
                    var dims = input.type().shape().list().stream()
                            .mapToLong(RewriteChecks::length)
                            .toArray();
                    var tensor = Tensor.allocate(input.type().dtype(), Shape.of(dims));
                    for (long i = 0; i < tensor.size() && tensor.type() != DataType.BOOL; i++) {
                        tensor.setDouble(i, random.nextGaussian());
                    }
                    return tensor;
                })
                .toList();
    }

    private static long length(Dim dim) {
        return dim.value().orElse(SYMBOL_LENGTH);
    }
}
