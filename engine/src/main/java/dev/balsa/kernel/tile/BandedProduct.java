package dev.balsa.kernel.tile;

import dev.balsa.kernel.Frame;
import java.lang.foreign.MemorySegment;

/// A prepared product of integers whose parts tell which rows they make, so that the left factor can be copied for
/// them.
///
/// Immutable and thread-safe.
public interface BandedProduct {
    /// The number of parts, which can be made in any order.
    int parts();

    /// The first row of a part; parts of the same rows follow each other.
    int firstRow(int part);

    /// The row behind a part's last one.
    int endRow(int part);

    /// Bytes of scratch memory that [#multiply] needs.
    long scratchBytes();

    /// Bytes behind the last row of a copied left factor that may be read, whatever they are.
    default long slackBytes() {
        return 0;
    }

    /// Whether bytes of the left factor have a sign; otherwise those with a sign must be moved up by 128.
    default boolean takesSigns() {
        return false;
    }

    /// Tells the zero point of the left factor's bytes, for all that is multiplied with the frame's
    /// scratch memory.
    void tellZeroPoint(Frame frame, ZeroPoint zeroPoint);

    /// Makes a part of the result.
    ///
    /// @param left the left factor's memory
    /// @param leftShift elements of 32 bits that every place in it is shifted by
    /// @param result the result's memory
    /// @param columnShift elements that every place in the result, in operands of its shape, and in those by
    ///     column is shifted by
    void multiply(Frame frame, MemorySegment left, long leftShift, MemorySegment result, long columnShift, int part);
}
