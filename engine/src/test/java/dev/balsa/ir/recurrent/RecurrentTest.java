package dev.balsa.ir.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrentTest {
    private static final int STEPS = 4;
    private static final int BATCH = 2;
    private static final int INPUT = 3;
    private static final int HIDDEN = 5;

    private final Random random = new Random(7);

    private Tensor random(long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
        return tensor;
    }

    /// X, W, R, B, lengths, and the first state for one direction or both.
    private Tensor[] inputs(int gates, int directions, int... lengths) {
        return new Tensor[] {
            random(STEPS, BATCH, INPUT),
            random(directions, gates * HIDDEN, INPUT),
            random(directions, gates * HIDDEN, HIDDEN),
            random(directions, 2L * gates * HIDDEN),
            Tensor.of(lengths, BATCH),
            random(directions, BATCH, HIDDEN)
        };
    }

    /// A tensor with its first two axes exchanged.
    private static Tensor swapped(Tensor tensor) {
        long a = tensor.shape().dim(0);
        long b = tensor.shape().dim(1);
        long rest = tensor.shape().size(2, tensor.shape().rank());
        var dims = tensor.shape().toArray();
        dims[0] = b;
        dims[1] = a;
        var result = Tensor.allocate(tensor.type(), Shape.of(dims));
        for (long i = 0; i < a; i++) {
            for (long j = 0; j < b; j++) {
                result.copyElements((j * a + i) * rest, tensor, (i * b + j) * rest, rest);
            }
        }
        return result;
    }

    private static void assertSame(Tensor actual, float[] expected) {
        assertThat(actual.toFloatArray()).containsExactly(expected, within(1e-6F));
    }

    /// The part of direction `index` of a tensor whose first axis is the directions.
    private static Tensor part(Tensor tensor, int index) {
        var dims = tensor.shape().toArray();
        dims[0] = 1;
        var part = Tensor.allocate(tensor.type(), Shape.of(dims));
        part.copyElements(0, tensor, index * part.size(), part.size());
        return part;
    }

    @ParameterizedTest
    @CsvSource({"RNN, 1", "GRU, 3", "LSTM, 4"})
    void walksBothDirectionsAsEachAlone(String operator, int gates) {
        var both = inputs(gates, 2, 3, STEPS);
        var together =
                NodeModel.of(operator, 22).with("direction", "bidirectional").run(2, both);
        for (int d = 0; d < 2; d++) {
            var alone = both.clone();
            for (int i = 1; i < alone.length; i++) {
                alone[i] = i == 4 ? both[4] : part(both[i], d);
            }
            var single = NodeModel.of(operator, 22)
                    .with("direction", d == 0 ? "forward" : "reverse")
                    .run(2, alone);
            assertSame(part(swapped(together.get(0)), d), swapped(single.get(0)).toFloatArray());
            assertSame(part(together.get(1), d), single.get(1).toFloatArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"RNN, 1", "GRU, 3", "LSTM, 4"})
    void keepsToTheEndOfEverySequence(String operator, int gates) {
        var inputs = inputs(gates, 1, 2, STEPS);
        var node = NodeModel.of(operator, 14).with("direction", "reverse").with("hidden_size", HIDDEN);
        var results = node.run(2, inputs);
        // Past the end there is nothing, and what is there in the input does not matter.
        for (int step = 2; step < STEPS; step++) {
            for (int i = 0; i < HIDDEN; i++) {
                assertThat(results.get(0).getFloat((long) step * BATCH * HIDDEN + i))
                        .isZero();
            }
            inputs[0].setDouble((long) step * BATCH * INPUT, Double.NaN);
        }
        var again = node.run(2, inputs);
        assertSame(again.get(0), results.get(0).toFloatArray());
        assertSame(again.get(1), results.get(1).toFloatArray());
        // A walk from the back ends at the first step.
        var first = Tensor.allocate(DataType.FLOAT32, Shape.of(1, BATCH, HIDDEN));
        first.copyElements(0, results.get(0), 0, first.size());
        assertSame(results.get(1), first.toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"RNN, 1", "GRU, 3", "LSTM, 4"})
    void takesTheBatchFirst(String operator, int gates) {
        var inputs = inputs(gates, 1, STEPS, 3);
        var plain = NodeModel.of(operator, 14).run(2, inputs);
        inputs[0] = swapped(inputs[0]);
        inputs[5] = swapped(inputs[5]);
        var batchFirst = NodeModel.of(operator, 14).with("layout", 1).run(2, inputs);
        assertThat(batchFirst.get(0).shape().toList()).containsExactly(2L, 4L, 1L, 5L);
        var states = plain.get(0).reshaped(Shape.of(STEPS, BATCH, HIDDEN));
        assertSame(batchFirst.get(0), swapped(states).toFloatArray());
        assertSame(batchFirst.get(1), swapped(plain.get(1)).toFloatArray());
    }

    private static Tensor one(double x) {
        return Tensor.of(new float[] {(float) x}, 1, 1, 1);
    }

    /// One step of one plain unit without a state.
    private static float unit(NodeModel node, double x) {
        return node.run(one(x), one(1), one(1)).getFloat(0);
    }

    @Test
    void appliesEveryActivation() {
        assertThat(unit(NodeModel.of("RNN", 7), 0.5)).isCloseTo((float) Math.tanh(0.5), within(1e-6F));
        var affine = NodeModel.of("RNN", 7)
                .withStrings("activations", "Affine")
                .withFloats("activation_alpha", List.of(2F))
                .withFloats("activation_beta", List.of(3F));
        assertThat(unit(affine, 0.5)).isEqualTo(4);
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "LeakyRelu"), -1))
                .isEqualTo(-0.01F);
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "HardSigmoid"), 1))
                .isEqualTo(0.7F);
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "ThresholdedRelu"), 0.5))
                .isZero();
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "Softplus"), 800))
                .isEqualTo(800);
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "Softsign"), -1))
                .isEqualTo(-0.5F);
        assertThat(unit(NodeModel.of("RNN", 7).withStrings("activations", "Elu"), -1))
                .isCloseTo((float) Math.expm1(-1), within(1e-6F));
        var clipped = NodeModel.of("RNN", 7).withStrings("activations", "Relu").with("clip", 2F);
        assertThat(unit(clipped, 5)).isEqualTo(2);
        assertThatThrownBy(() -> unit(NodeModel.of("RNN", 7).withStrings("activations", "Gelu"), 1))
                .isInstanceOf(BalsaException.class)
                .hasMessageContaining("Gelu");
        assertThatThrownBy(() -> unit(NodeModel.of("RNN", 7).withStrings("activations", "Relu", "Relu"), 1))
                .isInstanceOf(BalsaException.class);
    }

    @Test
    void givesParametersToTheActivationsThatTakeThem() {
        // The state after a step is z * h0 + (1 - z) * candidate, with z = f(x) and the candidate g(x).
        var node = NodeModel.of("GRU", 7)
                .withStrings("activations", "Relu", "Affine")
                .withFloats("activation_alpha", List.of(3F))
                .withFloats("activation_beta", List.of(1F));
        var w = Tensor.of(new float[] {1, 1, 1}, 1, 3, 1);
        var r = Tensor.of(new float[] {0, 0, 0}, 1, 3, 1);
        assertThat(node.run(one(0.5), w, r).getFloat(0)).isEqualTo(0.5F * (3 * 0.5F + 1));
    }

    @Test
    void couplesTheForgetGateToTheInputGate() {
        var w = Tensor.of(new float[] {1, 1, 1, 1}, 1, 4, 1);
        var r = Tensor.allocate(DataType.FLOAT32, Shape.of(1, 4, 1));
        var b = Tensor.allocate(DataType.FLOAT32, Shape.of(1, 8));
        var lengths = Tensor.of(new int[] {1}, 1);
        var node = NodeModel.of("LSTM", 7)
                .withStrings("activations", "Affine", "Affine", "Affine")
                .with("input_forget", 1);
        // Every gate is 0.25: c = 0.75 * 2 + 0.25 * 0.25.
        var results = node.run(3, one(0.25), w, r, b, lengths, one(0), one(2));
        assertThat(results.get(2).getFloat(0)).isEqualTo(0.75F * 2 + 0.0625F);
        assertThat(results.get(1).getFloat(0)).isEqualTo(0.25F * (0.75F * 2 + 0.0625F));
    }

    @Test
    void refusesInputsThatDoNotFit() {
        assertThatThrownBy(() -> NodeModel.of("LSTM", 14).run(one(1), one(1), one(1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("input 1");
        var inputs = inputs(1, 1, STEPS, STEPS + 1);
        assertThatThrownBy(() -> NodeModel.of("RNN", 14).run(inputs))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("sequence_lens");
    }
}
