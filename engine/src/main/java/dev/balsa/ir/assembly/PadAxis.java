package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;

/// One axis of a padded tensor.
///
/// @param first the first place of the source that is kept
/// @param kept how many places are kept
/// @param before how many places are new before them; negative if some of them are left out
/// @param length the number of places of the result
record PadAxis(long first, long kept, long before, long length) {
    /// Pads of either sign around a dimension of the given size.
    ///
    /// @throws ShapeException if more is removed than there is, or there is nothing to copy
    static PadAxis of(Pad.Mode mode, long size, long before, long after) {
        try {
            long length = Math.addExact(Math.addExact(size, before), after);
            // Copies are of what negative pads leave; a constant can be put around it before they take anything away.
            long first = mode == Pad.Mode.CONSTANT ? 0 : Math.max(0, Math.negateExact(before));
            long last = mode == Pad.Mode.CONSTANT ? size : Math.min(size, Math.addExact(size, after));
            boolean hasSource = first < last || mode == Pad.Mode.CONSTANT || length == 0;
            if (length >= 0 && first <= last && hasSource) {
                return new PadAxis(first, last - first, before + first, length);
            }
        } catch (ArithmeticException _) {
            // Told below, with the values.
        }
        throw new ShapeException("cannot pad a dimension of length " + size + " by " + before + " and " + after
                + "; expected a result of 0 to 2^63 - 1 places, and elements to copy unless the mode is constant; check "
                + "the pads input");
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
