package dev.balsa.kernel.tile;

import dev.balsa.kernel.Frame;
import java.lang.foreign.MemorySegment;

/// A prepared product of rows with a constant factor: `out[r][c] = epilogue(sum over d of left[r][d] *
/// right[d][c])`.
///
/// Immutable and thread-safe. Its parts are independent, and the result does not depend on who makes which.
public interface RowProduct {
    /// The number of parts, which can be made in any order.
    int parts();

    /// Bytes of scratch memory that [#multiply] needs.
    long scratchBytes();

    /// Makes parts `from` to `to` (exclusive) of the result.
    ///
    /// @param left the left factor's memory
    /// @param leftShift elements that every place in it is shifted by
    /// @param result the result's memory
    /// @param columnShift elements that every place in the result, in operands of its shape, and in those by
    ///     column is shifted by
    void multiply(
            Frame frame, MemorySegment left, long leftShift, MemorySegment result, long columnShift, int from, int to);
}
