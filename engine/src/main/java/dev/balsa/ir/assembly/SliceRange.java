package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;

/// The places along one axis that a [Slice] takes.
///
/// @param start the first place
/// @param step from one place to the next, not 0
/// @param length how many places
public record SliceRange(long start, long step, long length) {
    /// Ends from here on mean "to the end" where the dimension is only a symbol.
    private static final long FAR = Integer.MAX_VALUE;

    /// Clamps start and end to a dimension of the given size.
    public static SliceRange of(long size, long start, long end, long step) {
        requireStep(step);
        long least = step > 0 ? 0 : -1;
        long most = step > 0 ? size : size - 1;
        long first =
                Math.clamp(start < 0 ? start + size : start, step > 0 ? 0 : Math.min(0, most), Math.max(most, least));
        long last = Math.clamp(end < 0 ? end + size : end, least, Math.max(most, least));
        if (size == 0 || (step > 0 ? first >= last : first <= last)) {
            return new SliceRange(0, step, 0);
        }
        long length = step > 0 ? (last - first - 1) / step + 1 : (last - first + 1) / step + 1;
        return new SliceRange(first, step, length);
    }

    private static void requireStep(long step) {
        if (step == 0) {
            throw new ShapeException("a step is 0; expected another number; check the steps input");
        }
    }

    long place(long at) {
        return start + at * step;
    }

    /// The number of places as far as it follows for every value of the symbols.
    static Dim length(Dim size, Dim start, Dim end, Dim step) {
        if (!step.isKnown()) {
            return Dim.UNKNOWN;
        }
        requireStep(step.get());
        if (size.isKnown() && start.isKnown() && end.isKnown()) {
            return Dim.of(of(size.get(), start.get(), end.get(), step.get()).length);
        }
        boolean all = step.is(1) && start.is(0) && (isFar(end) || end.sameAs(size))
                || step.is(-1) && (start.is(-1) || isFar(start)) && end.isKnown() && end.get() < -FAR;
        if (all) {
            return size;
        }
        boolean none = step.is(1)
                && (start.sameAs(end) || start.sameAs(size) || end.is(0) && start.isKnown() && start.get() >= 0);
        if (none) {
            return Dim.of(0);
        }
        var last = isFar(end) ? size : end;
        boolean isWithin = step.is(1)
                && start.isLength()
                && last.isLength()
                && size.minus(last).isLength()
                && last.minus(start).isLength();
        return isWithin ? last.minus(start) : Dim.UNKNOWN;
    }

    private static boolean isFar(Dim end) {
        return end.isKnown() && end.get() >= FAR;
    }
}
