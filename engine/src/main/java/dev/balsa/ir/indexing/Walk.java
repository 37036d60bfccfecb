package dev.balsa.ir.indexing;

/// A row-major walk over the places of one shape that keeps an offset into a tensor of another.
final class Walk {
    private final long[] dims;
    private final long[] strides;
    private final long[] place;
    private long offset;

    /// A walk over `dims` with a step of `strides` elements along each of them.
    Walk(long[] dims, long[] strides) {
        this.dims = dims;
        this.strides = strides;
        place = new long[dims.length];
    }

    /// The offset of the current place.
    long offset() {
        return offset;
    }

    /// Goes to the next place.
    void next() {
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            offset += strides[axis];
            if (++place[axis] < dims[axis]) {
                return;
            }
            offset -= strides[axis] * dims[axis];
            place[axis] = 0;
        }
    }
}
