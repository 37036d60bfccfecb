package dev.balsa.ir.window;

import java.util.List;

/// The elements of one dimension that a sampled value is made of.
///
/// @param elements their numbers, [#NONE] for a zero beyond the border
/// @param weights their weights
record GridTaps(List<Long> elements, List<Double> weights) {
    /// A zero beyond the border.
    static final long NONE = -1;

    long element(int tap) {
        return elements.get(tap);
    }
}
