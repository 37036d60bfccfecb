/// Operators that make a tensor from attributes and lengths alone: filled tensors, ranges, window functions.
///
/// Not here: constants of the model, which are part of the graph itself. Start at [Leaf].
@NullMarked
package dev.balsa.ir.leaf;

import org.jspecify.annotations.NullMarked;
