package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;

/// One axis of a padded tensor.
///
/// @param first the first place of the source that is kept
/// @param kept how many places are kept
/// @param before how many places are new before them, at least 0
/// @param length the number of places of the result
record PadAxis(long first, long kept, long before, long length) {
    /// Pads of either sign around a dimension of the given size.
    ///
    /// @throws ShapeException if more is removed than there is
    static PadAxis of(long size, long before, long after) {
        try {
            long cutBefore = before < 0 ? Math.negateExact(before) : 0;
            long cutAfter = after < 0 ? Math.negateExact(after) : 0;
            long kept = Math.subtractExact(Math.subtractExact(size, cutBefore), cutAfter);
            if (kept >= 0) {
                long length = Math.addExact(Math.addExact(kept, Math.max(0, before)), Math.max(0, after));
                return new PadAxis(cutBefore, kept, Math.max(0, before), length);
            }
        } catch (ArithmeticException _) {
            // Told below, with the values.
        }
        throw new ShapeException("cannot pad a dimension of length " + size + " by " + before + " and " + after
                + "; expected a result of 0 to 2^63 - 1 places; check the pads input");
    }

    /// The source place of a place of the result.
    long source(Pad.Mode mode, long at) {
        long place = at - before;
        if (place >= 0 && place < kept) {
            return first + place;
        }
        return switch (mode) {
            case CONSTANT -> Rearrangement.NOWHERE;
            case EDGE -> first + Math.clamp(place, 0, kept - 1);
            case REFLECT -> first + reflected(place);
            case WRAP -> first + Math.floorMod(place, kept);
        };
    }

    private long reflected(long place) {
        if (kept == 1) {
            return 0;
        }
        long period = 2 * (kept - 1);
        long phase = Math.floorMod(place, period);
        return phase < kept ? phase : period - phase;
    }
}
