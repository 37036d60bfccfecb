package dev.balsa.ir.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Seeds;
import dev.balsa.error.BalsaException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Older forms of resizing, its tables, and hostile sizes.
class ResizeTest {
    private static final Tensor NONE = Tensor.of(new float[0], 0);

    private static Tensor image() {
        return Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1, 2, 4);
    }

    @Test
    void readsEveryFormOfUpsample() {
        float[] twice = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8};
        assertThat(NodeModel.of("Upsample", 1)
                        .with("width_scale", 2F)
                        .with("height_scale", 1F)
                        .run(image())
                        .toFloatArray())
                .containsExactly(twice);
        assertThat(NodeModel.of("Upsample", 7)
                        .withFloats("scales", List.of(1F, 1F, 1F, 2F))
                        .run(image())
                        .toFloatArray())
                .containsExactly(twice);
        assertThat(NodeModel.of("Upsample", 9)
                        .run(image(), Tensor.of(new float[] {1, 1, 1, 2}, 4))
                        .toFloatArray())
                .containsExactly(twice);
        assertThat(NodeModel.of("Upsample", 9)
                        .with("mode", "linear")
                        .run(image(), Tensor.of(new float[] {1, 1, 1, 2}, 4))
                        .toFloatArray())
                .startsWith(1, 1.5F, 2, 2.5F, 3, 3.5F, 4, 4);
    }

    @Test
    void roundsUpWhenShrinkingInOpsetTen() {
        var scales = Tensor.of(new float[] {1, 1, 0.6F, 0.6F}, 4);
        assertThat(NodeModel.of("Resize", 10).run(image(), scales).toFloatArray())
                .containsExactly(1, 3);
    }

    @Test
    void takesStringsToTheNearest() {
        var x = Tensor.of(new String[] {"a", "b"}, 2);
        var y = NodeModel.of("Resize", 13).run(x, NONE, NONE, Tensor.of(new long[] {5}, 1));
        assertThat(y.toStringArray()).containsExactly("a", "a", "a", "b", "b");
    }

    @Test
    void weightsAddUpToOneAndSourcesLieInside() {
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            var resize = new Resize(
                    Interpolation.values()[random.nextInt(3)],
                    CoordinateMode.values()[random.nextInt(CoordinateMode.values().length)],
                    NearestMode.values()[random.nextInt(5)],
                    random.nextBoolean(),
                    random.nextBoolean(),
                    -0.5,
                    0,
                    AspectPolicy.STRETCH,
                    List.of());
            long input = 1 + random.nextInt(9);
            var axis = ResizeAxis.sized(input, 1 + random.nextInt(20)).within(random.nextDouble(), 1.5);
            var table = resize.table(axis);
            assertThat(table.outputs()).isEqualTo((int) axis.output());
            for (int o = 0; o < table.outputs(); o++) {
                double sum = 0;
                for (int t = 0; t < table.taps(); t++) {
                    assertThat((long) table.source(o, t))
                            .as("seed %d: %s", seed, resize)
                            .isBetween(0L, input - 1);
                    sum += table.weight(o, t);
                }
                assertThat(sum).as("seed %d: %s %s", seed, resize, axis).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void antialiasingKeepsTheMean() {
        var x = Tensor.of(new double[] {1, 5, 2, 8, 3, 3, 9, 1}, 8);
        var y = NodeModel.of("Resize", 18)
                .with("mode", "linear")
                .with("antialias", 1)
                .with("exclude_outside", 1)
                .run(x, NONE, NONE, Tensor.of(new long[] {1}, 1));
        assertThat(y.getDouble(0)).isCloseTo(4, within(0.3));
    }

    @Test
    void extrapolatesBeyondTheImage() {
        var x = Tensor.of(new float[] {2, 4}, 2);
        var region = Tensor.of(new float[] {-1, 2}, 2);
        for (var mode : List.of("nearest", "linear", "cubic")) {
            var y = NodeModel.of("Resize", 13)
                    .with("mode", mode)
                    .with("coordinate_transformation_mode", "tf_crop_and_resize")
                    .with("extrapolation_value", 7F)
                    .run(x, region, NONE, Tensor.of(new long[] {4}, 1));
            assertThat(y.toFloatArray()).as(mode).containsExactly(7, 2, 4, 7);
        }
    }

    @Test
    void refusesAbsurdSizes() {
        for (float scale : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, 1e30F}) {
            var scales = Tensor.of(new float[] {1, 1, 1, scale}, 4);
            assertThatThrownBy(() -> NodeModel.of("Resize", 13).run(image(), NONE, scales))
                    .as("scale %s", scale)
                    .isInstanceOf(BalsaException.class);
        }
        for (long[] sizes : new long[][] {{1, 1, 2, -1}, {1, 1, 2}, {}, {1, 1, 2, Long.MAX_VALUE}}) {
            var input = Tensor.of(sizes, sizes.length);
            assertThatThrownBy(() -> NodeModel.of("Resize", 13).run(image(), NONE, NONE, input))
                    .isInstanceOf(BalsaException.class);
        }
        assertThatThrownBy(() -> NodeModel.of("Resize", 18)
                        .withIntegers("axes", 4)
                        .run(image(), NONE, Tensor.of(new float[] {2}, 1)))
                .isInstanceOf(BalsaException.class);
        assertThat(NodeModel.of("Resize", 18)
                        .run(Tensor.of(new float[0], 0, 2), NONE, Tensor.of(new float[] {2, 2}, 2))
                        .shape())
                .isEqualTo(Shape.of(0, 4));
    }
}
