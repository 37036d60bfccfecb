package dev.balsa.ir.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Convolutions against their transposes and against shifted sums.
class ConvolutionTest {
    private static Tensor random(Random random, long... dims) {
        var values = new double[(int) Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensor.of(values, dims);
    }

    private static double dot(Tensor a, Tensor b) {
        assertThat(a.shape()).isEqualTo(b.shape());
        double sum = 0;
        for (long i = 0; i < a.size(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    @Test
    void transposeIsTheAdjoint() {
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            long group = 1 + random.nextInt(2);
            long stride = 1 + random.nextInt(3);
            long dilation = 1 + random.nextInt(2);
            long kernel = 1 + random.nextInt(3);
            long begin = random.nextInt(3);
            long end = random.nextInt(3);
            long out = 2 + random.nextInt(4);
            // The length that leaves nothing over at the end, so that the transpose finds its way back to it.
            long length = (out - 1) * stride + (kernel - 1) * dilation + 1 - begin - end;
            if (length < 1) {
                continue;
            }
            var x = random(random, 2, 2 * group, length, 3);
            var w = random(random, 3 * group, 2, kernel, 2);
            var y = node("Conv", group, stride, dilation, begin, end).run(x, w);
            var z = random(random, y.shape().toArray());
            // The transpose reads the same weights as [channels, outputs / group, kernel...].
            var back =
                    node("ConvTranspose", group, stride, dilation, begin, end).run(z, w);
            assertThat(dot(x, back)).as("seed %d, case %d", seed, i).isCloseTo(dot(y, z), within(1e-9));
        }
    }

    private static NodeModel node(String operator, long group, long stride, long dilation, long begin, long end) {
        return NodeModel.of(operator, 11)
                .with("group", group)
                .withIntegers("strides", stride, 1)
                .withIntegers("dilations", dilation, 1)
                .withIntegers("pads", begin, 1, end, 0);
    }

    @Test
    void transposeMakesTheShapeThatIsAskedFor() {
        var x = Tensor.of(new float[] {1, 2, 3}, 1, 1, 3);
        var w = Tensor.of(new float[] {1, 10, 100}, 1, 1, 3);
        var node = NodeModel.of("ConvTranspose", 11).withIntegers("strides", 2).withIntegers("output_shape", 6);
        // Of the seven sums 1 10 102 20 203 30 300 the surplus one is cut off at the beginning, or at the end for
        // SAME_UPPER.
        assertThat(node.run(x, w).toFloatArray()).containsExactly(10, 102, 20, 203, 30, 300);
        assertThat(node.with("auto_pad", "SAME_UPPER").run(x, w).toFloatArray())
                .containsExactly(1, 10, 102, 20, 203, 30);
    }

    @Test
    void deformedByNothingIsAConvolution() {
        var random = new Random(3);
        var x = random(random, 2, 4, 5, 6);
        var w = random(random, 2, 2, 3, 2);
        var b = random(random, 2);
        var plain = NodeModel.of("Conv", 22)
                .with("group", 2)
                .withIntegers("pads", 1, 0, 1, 1)
                .run(x, w, b);
        long kernel = 2 * 3 * 2;
        var offset = Tensor.of(new double[(int) (2 * 2 * kernel * 30)], 2, 2 * kernel, 5, 6);
        var deformed = NodeModel.of("DeformConv", 19)
                .with("group", 2)
                .with("offset_group", 2)
                .withIntegers("pads", 1, 0, 1, 1)
                .run(x, w, offset, b);
        assertThat(deformed.toDoubleArray()).containsExactly(plain.toDoubleArray(), within(1e-12));
    }

    @Test
    void emptyBatchesStayEmpty() {
        var w = Tensor.of(new float[9], 1, 1, 3, 3);
        assertThat(NodeModel.of("Conv", 22)
                        .run(Tensor.of(new float[0], 0, 1, 5, 4), w)
                        .shape())
                .isEqualTo(Shape.of(0, 1, 3, 2));
        assertThat(NodeModel.of("ConvTranspose", 22)
                        .run(Tensor.of(new float[0], 0, 1, 5, 4), w)
                        .shape())
                .isEqualTo(Shape.of(0, 1, 7, 6));
    }

    @Test
    void refusesShapesThatDoNotFit() {
        var x = Tensor.of(new float[16], 1, 1, 4, 4);
        for (var w : new Tensor[] {
            Tensor.of(new float[2], 1, 2, 1, 1),
            Tensor.of(new float[1], 1, 1, 1),
            Tensor.of(new float[0], 1, 1, 0, 3),
            Tensor.of(new float[25], 1, 1, 5, 5)
        }) {
            assertThatThrownBy(() -> NodeModel.of("Conv", 22).run(x, w)).isInstanceOf(BalsaException.class);
            assertThatThrownBy(() -> NodeModel.of("Conv", 22).unranked().run(x, w))
                    .isInstanceOf(BalsaException.class);
        }
        var w = Tensor.of(new float[1], 1, 1, 1, 1);
        assertThatThrownBy(() -> NodeModel.of("Conv", 22).with("group", 0).run(x, w))
                .isInstanceOf(BalsaException.class);
        assertThatThrownBy(
                        () -> NodeModel.of("Conv", 22).with("auto_pad", "SAME").run(x, w))
                .isInstanceOf(BalsaException.class);
        assertThatThrownBy(() -> NodeModel.of("Conv", 22).run(x, w, Tensor.of(new float[2], 2)))
                .isInstanceOf(BalsaException.class);
        assertThatThrownBy(() -> NodeModel.of("ConvTranspose", 22)
                        .withIntegers("pads", 9, 9, 9, 9)
                        .run(x, w))
                .isInstanceOf(BalsaException.class);
    }
}
