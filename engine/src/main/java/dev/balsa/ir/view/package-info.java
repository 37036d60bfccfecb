/// Operators that give the same elements in the same order another shape or name.
///
/// Not here: anything that moves elements (`assembly`, `indexing`). Start at [View].
@NullMarked
package dev.balsa.ir.view;

import org.jspecify.annotations.NullMarked;
