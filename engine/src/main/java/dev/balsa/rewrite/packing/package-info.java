/// Graphs of texts, rewritten so that only what is no padding is computed.
///
/// A batch of texts is padded to the longest of them, and a mask tells which tokens count. [TokenPacking] goes
/// through a graph and finds out whether tokens meet each other in attention alone, and only those that the mask
/// shows; then the tokens of all texts can lie one after the other, as a single sequence, of which each part sees
/// itself ([dev.balsa.ir.attention.SegmentMask]). [PackedGraph] is such a graph. Start at [TokenPacking].
@NullMarked
package dev.balsa.rewrite.packing;

import org.jspecify.annotations.NullMarked;
