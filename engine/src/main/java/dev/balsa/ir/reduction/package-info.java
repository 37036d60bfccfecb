/// Operators that sum up elements along axes: reductions to one element and running sums and products.
///
/// Not here: the places of greatest and least elements (`indexing`), softmax and other normalisations. Start at
/// [Reduction]; the reductions over any set of axes are [Reduce].
@NullMarked
package dev.balsa.ir.reduction;

import org.jspecify.annotations.NullMarked;
