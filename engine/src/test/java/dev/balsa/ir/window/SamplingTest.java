package dev.balsa.ir.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sampling at places that no honest model asks for, and the older names of modes.
class SamplingTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);

    @Test
    void everyPlaceHasAValue() {
        float[] places = {Float.NaN, 0, 1e30F, -1e30F, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3, -3};
        var grid = Tensor.of(places, 1, 2, 2, 2);
        for (var mode : List.of("linear", "nearest", "cubic")) {
            for (var padding : List.of("zeros", "border", "reflection")) {
                for (int align = 0; align < 2; align++) {
                    var y = NodeModel.of("GridSample", 20)
                            .with("mode", mode)
                            .with("padding_mode", padding)
                            .with("align_corners", align)
                            .run(X, grid);
                    assertThat(y.size()).isEqualTo(4);
                }
            }
        }
    }

    @Test
    void bordersRepeatAndMirror() {
        var grid = Tensor.of(new float[] {-5, -1, 1.5F, 1}, 1, 1, 2, 2);
        var node = NodeModel.of("GridSample", 16).with("mode", "bilinear").with("align_corners", 1);
        assertThat(node.with("padding_mode", "border").run(X, grid).toFloatArray())
                .containsExactly(1, 4);
        var mirrored = NodeModel.of("GridSample", 16).with("align_corners", 1).with("padding_mode", "reflection");
        assertThat(mirrored.with("mode", "nearest").run(X, grid).toFloatArray()).containsExactly(1, 4);
    }

    @Test
    void namesOfNewModesAreNotTakenForOthers() {
        var grid = Tensor.of(new float[] {0, 0}, 1, 1, 1, 2);
        assertThat(NodeModel.of("GridSample", 16)
                        .with("mode", "bicubic")
                        .run(X, grid)
                        .size())
                .isEqualTo(1);
        assertThatThrownBy(() ->
                        NodeModel.of("GridSample", 20).with("mode", "trilinear").run(X, grid))
                .isInstanceOf(BalsaException.class);
        assertThatThrownBy(() -> NodeModel.of("GridSample", 20).run(Tensor.of(new float[0], 1, 1, 0, 2), grid))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("GridSample", 20).run(X, Tensor.of(new float[3], 1, 1, 1, 3)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void regionsBeyondTheImageAreZeroAndQuick() {
        var rois = Tensor.of(new float[] {-1e9F, -1e9F, 1e9F, 1e9F, 100, 100, 200, 200, 1, 1, 0, 0}, 3, 4);
        var y = NodeModel.of("RoiAlign", 16).run(X, rois, Tensor.of(new long[3], 3));
        assertThat(y.getFloat(0)).isBetween(0F, 1e-6F);
        assertThat(y.getFloat(1)).isZero();
        assertThat(y.getFloat(2)).isZero();
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            var roi = Tensor.of(new float[] {0, 0, bad, 1}, 1, 4);
            assertThatThrownBy(() -> NodeModel.of("RoiAlign", 16).run(X, roi, Tensor.of(new long[1], 1)))
                    .isInstanceOf(ShapeException.class);
        }
        var roi = Tensor.of(new float[] {0, 0, 1, 1}, 1, 4);
        assertThatThrownBy(() -> NodeModel.of("RoiAlign", 16).run(X, roi, Tensor.of(new long[] {1}, 1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void regionsKeptTheirCornersBeforeOpset16() {
        var roi = Tensor.of(new float[] {0, 0, 1, 1}, 1, 4);
        var batch = Tensor.of(new long[1], 1);
        assertThat(NodeModel.of("RoiAlign", 10).run(X, roi, batch).getFloat(0)).isEqualTo(2.5F);
        assertThat(NodeModel.of("RoiAlign", 16).run(X, roi, batch).getFloat(0)).isEqualTo(1F);
    }
}
