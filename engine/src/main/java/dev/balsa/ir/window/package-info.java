/// Operators that move a window over an image or sample it at computed places: convolutions, pooling, resizing, grids.
///
/// [WindowAttributes] is what a model says about a window, [WindowGeometry] is what follows for a concrete image; shape
/// rules, plain evaluation and the planner share both. Images are channels-first: `[batch, channels, spatial...]`.
///
/// Not here: products without a window (`contraction`), recurrences. Start at [Window], [Conv] and [Pool].
@NullMarked
package dev.balsa.ir.window;

import org.jspecify.annotations.NullMarked;
