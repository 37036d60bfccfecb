package dev.balsa.kernel.reduce;

import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;

/// Puts maxima and minima together from what the processor's instructions find and what they leave out.
final class ExtremeCode {
    private ExtremeCode() {}

    /// x = the magnitude of x with the sign of another, or NaN.
    ///
    /// @param notNumber NaN where there was one among the elements, 0 elsewhere
    /// @param temporary overwritten, as is the sign
    static void finish(Lanes lanes, Vec x, Vec sign, Vec notNumber, Vec temporary) {
        lanes.and(x, x, lanes.bits(Integer.MAX_VALUE));
        lanes.and(sign, sign, lanes.bits(Integer.MIN_VALUE));
        lanes.or(x, x, sign);
        lanes.select(x, notNumber, Lanes.Comparison.UNORDERED, notNumber, notNumber, x, temporary);
    }
}
