package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Which memory folded constants share, and which they must not.
class FoldedMemoryTest {
    private static final Shape LARGE = Shape.of(100_000);

    private final FoldedMemory memory = new FoldedMemory();

    private Tensor held(DataType type, Shape shape) {
        var tensor = memory.allocate(type, shape);
        memory.hold(tensor);
        return tensor;
    }

    private static long address(Tensor tensor) {
        return tensor.memory().address();
    }

    @Test
    void usesTheMemoryOfConstantsThatAreGone() {
        var first = held(DataType.FLOAT64, LARGE);
        var second = held(DataType.FLOAT64, LARGE);
        assertThat(address(second)).isNotEqualTo(address(first));
        memory.release(first);
        var third = held(DataType.FLOAT32, LARGE);
        assertThat(address(third)).isEqualTo(address(first));
        assertThat(third.memory().byteSize()).isEqualTo(400_000);
        assertThat(address(held(DataType.FLOAT64, LARGE))).isNotIn(address(first), address(second));
    }

    @Test
    void keepsMemoryThatAnotherConstantLooksAt() {
        var first = held(DataType.FLOAT64, LARGE);
        var view = first.reshaped(Shape.of(100, 1000));
        memory.hold(view);
        memory.release(first);
        assertThat(address(held(DataType.FLOAT64, LARGE))).isNotEqualTo(address(first));
        memory.release(view);
        assertThat(address(held(DataType.FLOAT64, LARGE))).isEqualTo(address(first));
    }

    @Test
    void leavesMemoryOfOthersAlone() {
        var weights = Tensor.allocate(DataType.FLOAT64, LARGE);
        memory.hold(weights);
        memory.release(weights);
        assertThat(address(held(DataType.FLOAT64, LARGE))).isNotEqualTo(address(weights));
    }

    @Test
    void wastesNoLargeBlocksOnSmallConstants() {
        var large = held(DataType.FLOAT64, LARGE);
        memory.release(large);
        assertThat(address(held(DataType.FLOAT64, Shape.of(10_000)))).isNotEqualTo(address(large));
    }

    @Test
    void usesAReleasedBlockOnceAfterAgain() {
        var first = held(DataType.FLOAT64, LARGE);
        memory.release(first);
        var second = held(DataType.FLOAT64, LARGE);
        memory.release(second);
        var third = held(DataType.FLOAT64, LARGE);
        var fourth = held(DataType.FLOAT64, LARGE);
        assertThat(address(third)).isEqualTo(address(first));
        assertThat(address(fourth)).isNotEqualTo(address(first));
    }
}
