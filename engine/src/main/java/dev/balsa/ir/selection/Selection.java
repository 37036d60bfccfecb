package dev.balsa.ir.selection;

import dev.balsa.ir.Op;

/// An operator whose results depend on the order or truth of its inputs' elements, and often have a length that only a
/// run can tell.
public sealed interface Selection extends Op permits ArgExtreme, NonMaxSuppression, NonZero, TopK, Unique {}
