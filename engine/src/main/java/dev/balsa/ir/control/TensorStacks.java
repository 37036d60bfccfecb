package dev.balsa.ir.control;

import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;

/// Slices of tensors along one axis, taken out and put in.
final class TensorStacks {
    private TensorStacks() {}

    /// A copy of slice `index` along `axis`, without that axis.
    static Tensor slice(Tensor stack, int axis, long index) {
        var dims = new ArrayList<>(stack.shape().toList());
        dims.remove(axis);
        var slice = Tensor.allocate(stack.type(), Shape.of(dims));
        long inner = stack.shape().size(axis + 1, stack.shape().rank());
        long outer = slice.size() == 0 ? 0 : stack.shape().size(0, axis);
        for (long i = 0; i < outer; i++) {
            slice.copyElements(i * inner, stack, (i * stack.shape().dim(axis) + index) * inner, inner);
        }
        return slice;
    }

    /// Writes slice `index` along `axis`.
    static void put(Tensor stack, int axis, long index, Tensor slice) {
        long inner = stack.shape().size(axis + 1, stack.shape().rank());
        long outer = slice.size() == 0 ? 0 : stack.shape().size(0, axis);
        for (long i = 0; i < outer; i++) {
            stack.copyElements((i * stack.shape().dim(axis) + index) * inner, slice, i * inner, inner);
        }
    }

    /// The shape of `count` slices along a new axis.
    static Shape stacked(Shape slice, int axis, long count) {
        var dims = new ArrayList<>(slice.toList());
        dims.add(axis, count);
        return Shape.of(dims);
    }

    /// The shape of `count` slices of which only the type is known: unknown dimensions have length 0.
    static Shape emptied(SymbolicShape slice, int axis, long count) {
        var dims = new ArrayList<Long>();
        if (slice.hasRank()) {
            slice.list().forEach(dim -> dims.add(dim.value().orElse(0)));
        }
        dims.add(axis, count);
        return Shape.of(dims);
    }
}
