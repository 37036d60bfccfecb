package dev.balsa.rewrite.past;

import dev.balsa.ir.Value;
import java.util.OptionalLong;

/// A value of the graph whose past is a window.
///
/// With a gap of `g` places, an element is what it would be without, plus `g * shift`. In dimensions that are as long
/// as the past or all entries, elements are counted from the end: those that would not be there without the gap come
/// first, and may be anything unless `isZero`.
///
/// @param value in the graph that is being made
/// @param shift nothing if it is not the same for all elements
/// @param isZero whether elements that are only there because of the gap are 0
record Kept(Value value, OptionalLong shift, boolean isZero) {
    /// An input or output that is left out.
    static final Kept NONE = new Kept(Value.NONE, OptionalLong.of(0), false);

    /// A value that is the same with and without a gap, but for elements that would not be there.
    static Kept of(Value value, boolean isZero) {
        return new Kept(value, OptionalLong.of(0), isZero);
    }

    boolean isPresent() {
        return value.isPresent();
    }

    /// Whether elements do not depend on the gap.
    boolean isStill() {
        return shift.isPresent() && shift.getAsLong() == 0;
    }

    int rank() {
        return value.type().shape().rank();
    }
}
