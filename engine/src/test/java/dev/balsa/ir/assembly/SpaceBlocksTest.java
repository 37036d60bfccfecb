package dev.balsa.ir.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Blocks of space moved into channels and back.
class SpaceBlocksTest {
    @Test
    void comesBack() {
        var x = Tensor.allocate(DataType.INT16, Shape.of(2, 3, 4, 6));
        for (long i = 0; i < x.size(); i++) {
            x.setLong(i, i);
        }
        var depth = NodeModel.of("SpaceToDepth", 13).with("blocksize", 2).run(x);
        assertThat(depth.shape()).isEqualTo(Shape.of(2, 12, 2, 3));
        assertThat(NodeModel.of("DepthToSpace", 1)
                        .with("blocksize", 2)
                        .run(depth)
                        .contentEquals(x))
                .isTrue();
    }

    @Test
    void refusesBlocksThatDoNotDivide() {
        var x = Tensor.of(new float[12], 1, 3, 2, 2);
        for (long block : new long[] {0, -2, 2, 3, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> NodeModel.of("DepthToSpace", 13)
                            .with("blocksize", block)
                            .run(x))
                    .as("block %d", block)
                    .isInstanceOf(BalsaException.class);
            assertThatThrownBy(() -> NodeModel.of("DepthToSpace", 13)
                            .unranked()
                            .with("blocksize", block)
                            .run(x))
                    .as("block %d", block)
                    .isInstanceOf(BalsaException.class);
        }
        assertThatThrownBy(() ->
                        NodeModel.of("SpaceToDepth", 13).with("blocksize", 4).run(x))
                .isInstanceOf(BalsaException.class);
    }
}
