package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;

/// Places along one dimension, as index tensors give them.
final class Places {
    private Places() {}

    /// The place counted from the front.
    ///
    /// @throws ShapeException if it is not in `[-length, length - 1]`
    static long at(long index, long length) {
        if (index < -length || index >= length) {
            throw new ShapeException("index " + index + " is out of range; expected " + -length + " to " + (length - 1)
                    + " in a dimension of length " + length + "; check the indices input");
        }
        return index < 0 ? index + length : index;
    }
}
