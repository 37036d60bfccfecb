/// Operators of transformers that see their inputs as heads of vectors: attention with a cache of keys and values,
/// linear attention, rotary position embedding.
///
/// Not here: what attention is made of in older models (`dev.balsa.ir.contraction`, `dev.balsa.ir.normalization`).
/// Start at [Attention].
@NullMarked
package dev.balsa.ir.attention;

import org.jspecify.annotations.NullMarked;
