/// Operators whose results depend on how elements compare, or whether they are zero: the greatest, the different, the
/// non-zero ones, and boxes that do not overlap.
///
/// Not here: reductions that compute a value from all elements, and reading at given places (`indexing`). Start at
/// [Selection].
@NullMarked
package dev.balsa.ir.selection;

import org.jspecify.annotations.NullMarked;
