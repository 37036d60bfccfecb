package dev.balsa.ir.indexing;

import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// An index tensor whose last dimension holds tuples of indices into consecutive dimensions of the data, each of which
/// means a block of elements.
final class Tuples {
    private final Tensor indices;
    private final int length;
    private final long[] dims;
    private final long[] strides;
    private final int first;
    private final long block;

    /// Tuples that speak of the dimensions of `data` from `first` on.
    Tuples(Shape data, Tensor indices, int first) {
        this.indices = indices;
        this.first = first;
        length = (int) indices.shape().dim(-1);
        dims = data.toArray();
        strides = data.strides();
        block = data.size(first + length, data.rank());
    }

    /// The number of tuples.
    long count() {
        return indices.size() / length;
    }

    /// The number of elements that a tuple means.
    long block() {
        return block;
    }

    /// The offset of the block of tuple `index`, counted from place 0 of the leading dimensions.
    long offset(long index) {
        long offset = 0;
        for (int i = 0; i < length; i++) {
            offset += Places.at(indices.getLong(index * length + i), dims[first + i]) * strides[first + i];
        }
        return offset;
    }
}
