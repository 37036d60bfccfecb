package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// The places in a tensor that an index tensor of the same rank speaks of: the index says the place along one axis, the
/// index's own place says the others.
final class ElementPlaces {
    private final Walk walk;
    private final Tensor indices;
    private final long length;
    private final long stride;
    private long count;

    /// @throws ShapeException if the indices reach beyond the data along another axis
    ElementPlaces(Shape data, Tensor indices, int axis) {
        check(SymbolicShape.of(data), SymbolicShape.of(indices.shape()), axis);
        var strides = data.strides();
        length = data.dim(axis);
        stride = strides[axis];
        strides[axis] = 0;
        this.indices = indices;
        walk = new Walk(indices.shape().toArray(), strides);
    }

    static void check(SymbolicShape data, SymbolicShape indices, int axis) {
        if (!indices.hasRank()) {
            return;
        }
        boolean fits = data.rank() == indices.rank();
        for (int i = 0; fits && i < data.rank(); i++) {
            boolean isKnown = data.dim(i).isKnown() && indices.dim(i).isKnown();
            fits = i == axis || !isKnown || indices.dim(i).get() <= data.dim(i).get();
        }
        if (!fits) {
            throw new ShapeException("input 1: indices " + indices + " do not fit data " + data
                    + "; expected the same rank, and dimensions that are not longer except for axis " + axis
                    + "; check the model, or the shapes of its inputs");
        }
    }

    /// The flat place in the data of the next index.
    long next() {
        long place = walk.offset() + Places.at(indices.getLong(count++), length) * stride;
        walk.next();
        return place;
    }
}
