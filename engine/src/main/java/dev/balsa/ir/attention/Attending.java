package dev.balsa.ir.attention;

import dev.balsa.ir.Op;

/// An operator on tensors of heads, `[batch, heads, length, size]` or packed `[batch, length, heads * size]`, or
/// on what they see of each other.
public sealed interface Attending extends Op permits Attention, LinearAttention, RotaryEmbedding, SegmentMask {}
