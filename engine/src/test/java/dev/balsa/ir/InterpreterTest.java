package dev.balsa.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.ir.text.GraphText;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Wide runs: float64 wherever a graph has float32.
class InterpreterTest {
    /// What a float32 next to 1 loses.
    private static final float SMALL = 1e-9F;

    private static final Tensor X = Tensor.of(new float[] {1, 2}, 2);

    private static void keepsWhatIsSmall(Graph graph, Tensor... more) {
        var inputs = new ArrayList<>(List.of(X));
        inputs.addAll(List.of(more));
        assertThat(Interpreter.run(graph, inputs).getFirst().toDoubleArray()).containsExactly(0, 0);
        var wide = Interpreter.runWide(graph, inputs).getFirst();
        assertThat(wide.type()).isEqualTo(DataType.FLOAT64);
        assertThat(wide.toDoubleArray()).containsExactly(new double[] {SMALL, SMALL}, within(1e-15));
    }

    @Test
    void holdsResultsAsDoubles() {
        keepsWhatIsSmall(GraphText.parse("""
                graph "g" (%x: f32[2]) {
                  %small: f32[1] = constant <1.0E-9>
                  %moved: f32[2] = Add (%x, %small)
                  %back: f32[2] = Sub (%moved, %x)
                  return %back
                }
                """));
    }

    @Test
    void castsToSinglePrecisionRoundNothing() {
        var graph = GraphText.parse("""
                graph "g" () {
                  %third: f64[1] = constant <0.3333333333333333>
                  %y: f32[1] = Cast {to=f32} (%third)
                  %z: f16[1] = Cast {to=f16} (%third)
                  return %y, %z
                }
                """);
        var outputs = Interpreter.runWide(graph, List.of());
        assertThat(outputs.getFirst().getDouble(0)).isEqualTo(1 / 3.0);
        assertThat(outputs.getLast().type()).isEqualTo(DataType.FLOAT16);
    }

    @Test
    void bodiesAndFusedOperatorsAreWideToo() {
        var body = """
                graph "body" (%x: f32[2]) {
                  %small: f32[1] = constant <1.0E-9>
                  %y: f32[2] = Add (%x, %small)
                  return %y
                }
                """;
        keepsWhatIsSmall(
                GraphText.parse("graph \"g\" (%x: f32[2], %q: bool[]) { %y: f32[2] = If {thenBranch=" + body
                        + ", elseBranch=" + body + "} (%q, %x) %z: f32[2] = Sub (%y, %x) return %z }"),
                Tensor.of(new boolean[] {true}, 1).reshaped(Shape.scalar()));
        var chain = List.of(
                new ChainStep(new Cast(DataType.FLOAT32), List.of(ChainStep.CHAIN)),
                new ChainStep(new Sub(), List.of(ChainStep.CHAIN, 0L)));
        var graph = new GraphBuilder("g");
        var x = graph.input("x", TensorType.of(X));
        var small = graph.constant("small", Tensor.of(new float[] {SMALL}, 1));
        keepsWhatIsSmall(graph.build(List.of(graph.add(new Fused(new Add(), 2, chain), x, small))));
    }
}
