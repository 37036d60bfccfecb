/// Attention: what queries take of values, weighted by the softmax of their products with keys.
///
/// The matrix of scores never exists as a whole: for a few rows of queries, keys are gone through block by block,
/// while the greatest score and the sum of weights so far are kept for each row. [AttentionProducts]
/// multiplies, by vectors (`dev.balsa.kernel.tile`) or on the tile unit (`dev.balsa.kernel.amx`); what is between
/// products is written by [WeightCode].
///
/// Queries and keys may be turned by their positions before: [RotaryRequest].
///
/// Not here: what a model calls its heads, and where they lie (`dev.balsa.plan`). Start at [AttentionRequest];
/// the kernels are listed in [AttentionKernels].
@NullMarked
package dev.balsa.kernel.attention;

import org.jspecify.annotations.NullMarked;
