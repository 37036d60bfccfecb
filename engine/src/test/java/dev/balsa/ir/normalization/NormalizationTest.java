package dev.balsa.ir.normalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Normalisations in older forms and in the corners that models rarely show.
class NormalizationTest {
    private static final Tensor X = Tensor.of(new float[] {1, 3, 5, 7, 2, 6, 0, 4}, 2, 2, 2);
    private static final Tensor ONES = Tensor.of(new float[] {1, 1}, 2);
    private static final Tensor ZEROS = Tensor.of(new float[2], 2);

    @Test
    void seesAMatrixBeforeOpset13() {
        var even = Tensor.of(new float[8], 2, 2, 2);
        assertThat(NodeModel.of("Softmax", 11).run(even).toFloatArray()).containsOnly(0.25F);
        assertThat(NodeModel.of("Softmax", 11).with("axis", -3).run(even).toFloatArray())
                .containsOnly(0.125F);
        assertThat(NodeModel.of("Softmax", 13).run(even).toFloatArray()).containsOnly(0.5F);
        assertThat(NodeModel.of("Hardmax", 1).run(X).toFloatArray()).containsExactly(0, 0, 0, 1, 0, 1, 0, 0);
    }

    @Test
    void takesEmptyRows() {
        for (var operator : new String[] {"Softmax", "LogSoftmax", "Hardmax", "LpNormalization"}) {
            assertThat(NodeModel.of(operator, 12)
                            .run(Tensor.of(new float[0], 3, 0))
                            .shape())
                    .as(operator)
                    .isEqualTo(Shape.of(3, 0));
        }
    }

    @Test
    void leavesZerosOfNormZero() {
        var x = Tensor.of(new float[] {0, 0, -3, 4}, 2, 2);
        assertThat(NodeModel.of("LpNormalization", 22).run(x).toFloatArray()).containsExactly(0, 0, -0.6F, 0.8F);
        assertThatThrownBy(() -> NodeModel.of("LpNormalization", 1).with("p", 3).run(x))
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void movesMeanAndVarianceInTraining() {
        var node = NodeModel.of("BatchNormalization", 15)
                .with("training_mode", 1)
                .with("epsilon", 0F)
                .with("momentum", 0.5F);
        var outputs = node.run(3, X, ONES, ZEROS, Tensor.of(new float[] {1, 2}, 2), ONES);
        // Channel 0 is 1 3 2 6 (mean 3, variance 3.5), channel 1 is 5 7 0 4 (mean 4, variance 6.5).
        assertThat(outputs.get(1).toFloatArray()).containsExactly(2, 3);
        assertThat(outputs.get(2).toFloatArray()).containsExactly(2.25F, 3.75F);
        assertThat(outputs.get(0).getDouble(0)).isCloseTo(-2 / Math.sqrt(3.5), within(1e-6));
    }

    @Test
    void normalizesEveryPlaceByItsOwnNumbersWhenNotSpatial() {
        var numbers = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        var zeros = Tensor.of(new float[4], 2, 2);
        var ones = Tensor.of(new float[] {1, 1, 1, 1}, 2, 2);
        var node = NodeModel.of("BatchNormalization", 7).with("spatial", 0).with("epsilon", 0F);
        assertThat(node.run(X, numbers, zeros, zeros, ones).toFloatArray()).containsExactly(1, 6, 15, 28, 2, 12, 0, 16);
    }

    @Test
    void saysWhatBatchNormalizationDoesNotOffer() {
        var node = NodeModel.of("BatchNormalization", 9);
        assertThatThrownBy(() -> node.run(5, X, ONES, ZEROS, ZEROS, ONES)).isInstanceOf(UnsupportedException.class);
        var three = Tensor.of(new float[3], 3);
        assertThatThrownBy(() -> node.run(X, three, ZEROS, ZEROS, ONES)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> NodeModel.of("BatchNormalization", 9).unranked().run(X, three, ZEROS, ZEROS, ONES))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void scalesGroupsBeforeOpset21AndChannelsFromThen() {
        var x = Tensor.of(new float[] {-1, 1, -1, 1}, 1, 4, 1);
        var perGroup = Tensor.of(new float[] {1, 10}, 2);
        var old = NodeModel.of("GroupNormalization", 18).with("num_groups", 2).with("epsilon", 0F);
        assertThat(old.run(x, perGroup, ZEROS).toFloatArray()).containsExactly(-1, 1, -10, 10);
        var perChannel = Tensor.of(new float[] {1, 2, 3, 4}, 4);
        var now = NodeModel.of("GroupNormalization", 21).with("num_groups", 2).with("epsilon", 0F);
        assertThat(now.run(x, perChannel, Tensor.of(new float[4], 4)).toFloatArray())
                .containsExactly(-1, 2, -3, 4);
        assertThatThrownBy(() -> now.run(x, perGroup, ZEROS)).isInstanceOf(ShapeException.class);
        for (long groups : new long[] {0, 3, -1, Long.MIN_VALUE}) {
            var odd = NodeModel.of("GroupNormalization", 21)
                    .with("num_groups", groups)
                    .unranked();
            assertThatThrownBy(() -> odd.run(x, perChannel, perChannel))
                    .as("%d groups", groups)
                    .isInstanceOf(BalsaException.class);
        }
    }

    @Test
    void givesTheMomentsOfRowsInTheStashType() {
        var outputs = NodeModel.of("LayerNormalization", 17)
                .with("axis", 1)
                .with("epsilon", 0F)
                .with("stash_type", 16)
                .run(3, X, Tensor.of(new float[] {1}, 1));
        assertThat(outputs.get(1).type()).isEqualTo(DataType.BFLOAT16);
        assertThat(outputs.get(1).shape()).isEqualTo(Shape.of(2, 1, 1));
        assertThat(outputs.get(1).toFloatArray()).containsExactly(4, 3);
        assertThat(outputs.get(2).getDouble(0)).isCloseTo(1 / Math.sqrt(5), within(2e-3));
    }

    @Test
    void refusesScalesThatDoNotStretch() {
        for (var operator : new String[] {"LayerNormalization", "RMSNormalization"}) {
            var wide = Tensor.of(new float[3], 3);
            assertThatThrownBy(() -> NodeModel.of(operator, 23).run(X, wide)).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> NodeModel.of(operator, 23).unranked().run(X, wide))
                    .isInstanceOf(ShapeException.class);
        }
    }
}
