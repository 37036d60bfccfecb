package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.plan.BothWays;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A [Clip] does to the bit what the Max and Min did that it was made of.
class MakeClipTest {
    private static final float[] BOUNDS = {
        Float.NEGATIVE_INFINITY, -1, -0f, 0, 1, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN
    };

    private static Value bounded(GraphBuilder graph, Op op, Value x, float bound) {
        var number = graph.constant("bound", Tensor.of(new float[] {bound}));
        return bound > 0 ? graph.add(op, number, x) : graph.add(op, x, number);
    }

    @Test
    void anyNumbersInAnyOrder() {
        var x = Tensor.of(
                new float[] {
                    Float.NaN,
                    Float.NEGATIVE_INFINITY,
                    -2,
                    -1,
                    -Float.MIN_VALUE,
                    -0f,
                    0,
                    Float.MIN_VALUE,
                    1,
                    2,
                    Float.POSITIVE_INFINITY
                },
                11);
        var graph = new GraphBuilder("g");
        var input = graph.input("x", TensorType.of(x));
        var outputs = new ArrayList<Value>();
        for (Op first : List.of(new Max(), new Min())) {
            for (float one : BOUNDS) {
                outputs.add(bounded(graph, first, input, one));
                for (Op second : List.of(new Max(), new Min())) {
                    for (float other : BOUNDS) {
                        outputs.add(bounded(graph, second, bounded(graph, first, input, one), other));
                    }
                }
            }
        }
        var whole = graph.build(outputs);
        var after = new RulePass(new MakeClip()).apply(whole, PatchBudget.unlimited());
        assertThat(after.nodes()).anyMatch(node -> node.op() instanceof Clip);
        BothWays.compare(whole, List.of(List.of(x)), 1, 0);
    }

    @Test
    void allBoundsAtOnce() {
        var graph = new GraphBuilder("g");
        var value = graph.input("x", TensorType.of(Tensor.of(new float[2], 2)));
        value = bounded(graph, new Min(), value, 5);
        value = bounded(graph, new Max(), value, -5);
        value = bounded(graph, new Max(), value, -4);
        value = bounded(graph, new Min(), value, 3);
        var after = new RulePass(new MakeClip()).apply(graph.build(List.of(value)), PatchBudget.unlimited());
        assertThat(after.nodes()).singleElement().matches(node -> node.op() instanceof Clip);
    }
}
