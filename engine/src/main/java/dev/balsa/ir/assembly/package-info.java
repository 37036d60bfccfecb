/// Operators that put tensors together or take them apart without arithmetic: concatenation, splitting, padding,
/// tiling.
///
/// Not here: mere changes of shape (`view`), selection by index (`indexing`). Start at [Assembly].
@NullMarked
package dev.balsa.ir.assembly;

import org.jspecify.annotations.NullMarked;
