/// Operators that bring elements into proportion with others of the same tensor: softmax, batch, group and layer
/// normalisation, norms.
///
/// Not here: sums and means as such (`reduction`). Start at [Normalization]; [AlongAxis] are those that look at one row
/// of elements at a time.
@NullMarked
package dev.balsa.ir.normalization;

import org.jspecify.annotations.NullMarked;
