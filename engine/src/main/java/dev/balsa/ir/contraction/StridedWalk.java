package dev.balsa.ir.contraction;

import dev.balsa.tensor.Shape;
import java.util.List;

/// A walk over all places of a shape in row-major order that keeps a flat index for each of several operands, by
/// strides of any kind; after the last place comes the first.
final class StridedWalk {
    private final long[] dims;
    private final long size;
    private final long[][] strides;
    private final long[] place;
    private final long[] indices;

    /// @param strides per operand, how far its index moves with each dimension
    StridedWalk(Shape shape, List<long[]> strides) {
        this.dims = shape.toArray();
        this.size = shape.size();
        this.strides = strides.toArray(long[][]::new);
        this.place = new long[dims.length];
        this.indices = new long[strides.size()];
    }

    /// The number of places.
    long size() {
        return size;
    }

    /// The flat index of the given operand at the current place.
    long index(int operand) {
        return indices[operand];
    }

    /// Goes to the next place.
    void next() {
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            boolean carry = ++place[axis] == dims[axis];
            for (int i = 0; i < indices.length; i++) {
                indices[i] += carry ? -strides[i][axis] * (dims[axis] - 1) : strides[i][axis];
            }
            if (!carry) {
                return;
            }
            place[axis] = 0;
        }
    }
}
