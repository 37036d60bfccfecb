/// Sums of products over a shared dimension: matrix products and their kin.
///
/// Not here: convolutions (`window`), attention. Start at [Contraction].
@NullMarked
package dev.balsa.ir.contraction;

import org.jspecify.annotations.NullMarked;
