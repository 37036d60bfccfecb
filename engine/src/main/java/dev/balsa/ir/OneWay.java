package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// Unidirectional broadcasting (*Broadcasting in ONNX*): one operand is stretched, the other keeps its shape.
public final class OneWay {
    private OneWay() {}

    /// @throws ShapeException if input `index` cannot be stretched to `target`
    public static void check(Inference in, int index, SymbolicShape target) {
        var operand = in.shape(index);
        if (!operand.hasRank() || !target.hasRank()) {
            return;
        }
        boolean fits = operand.rank() <= target.rank();
        for (int i = 1; fits && i <= operand.rank(); i++) {
            fits = operand.dim(-i).mayEqual(target.dim(-i)) || operand.dim(-i).is(1);
        }
        if (!fits) {
            throw in.mismatch(index, "shape cannot be broadcast", "at most " + target, operand);
        }
    }

    /// @throws ShapeException if the operand cannot be stretched to `target`
    public static void check(Tensor operand, Shape target, String name) {
        if (!Broadcasting.shape(target, operand.shape()).equals(target)) {
            throw new ShapeException("input \"" + name + "\": shape cannot be broadcast; expected at most " + target
                    + ", found " + operand.shape() + "; check the model's inputs");
        }
    }
}
