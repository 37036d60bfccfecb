package dev.balsa.ir.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewTest {
    private static final Tensor X = Tensor.of(new float[6], 1, 6, 1);

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void readsAxesAsAttributesAndInputs() {
        assertThat(NodeModel.of("Squeeze", 1).with("axes", List.of(2L)).run(X).shape())
                .isEqualTo(Shape.of(1, 6));
        assertThat(NodeModel.of("Squeeze", 11).run(X).shape()).isEqualTo(Shape.of(6));
        assertThat(NodeModel.of("Squeeze", 13).unranked().run(X, longs(-1, 0)).shape())
                .isEqualTo(Shape.of(6));
        assertThat(NodeModel.of("Squeeze", 13).run(X, longs()).shape()).isEqualTo(X.shape());
        var unsqueeze = NodeModel.of("Unsqueeze", 11).with("axes", List.of(-1L, 0L));
        assertThat(unsqueeze.run(X).shape()).isEqualTo(Shape.of(1, 1, 6, 1, 1));
    }

    @Test
    void refusesAxesThatDoNotFit() {
        assertThatThrownBy(() -> NodeModel.of("Squeeze", 13).unranked().run(X, longs(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Squeeze", 13).unranked().run(X, longs(0, -3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Unsqueeze", 13).unranked().run(X, longs(0, 0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Unsqueeze", 13).unranked().run(X, longs(Long.MIN_VALUE)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Flatten", 13).with("axis", 4).run(X))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void flattensScalarsAndEmptyTensors() {
        var scalar = Tensor.of(new float[1]);
        assertThat(NodeModel.of("Flatten", 9).with("axis", 0).run(scalar).shape())
                .isEqualTo(Shape.of(1, 1));
        assertThat(NodeModel.of("Flatten", 9)
                        .run(Tensor.of(new float[0], 2, 0, 3))
                        .shape())
                .isEqualTo(Shape.of(2, 0));
    }
}
