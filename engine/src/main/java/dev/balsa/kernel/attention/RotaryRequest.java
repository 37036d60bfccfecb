package dev.balsa.kernel.attention;

/// Pairs of floats of every head turned by the angle of its position: ONNX RotaryEmbedding opset 23.
///
/// Operands in this order, that in brackets if asked for: X, cosines, sines, [position numbers `[batch, length]`,
/// int64], then Y, of X's shape. X is `[batch, length, heads, size]` if packed, else `[batch, heads, length, size]`.
/// Tables have rows of `half` elements: `tableRows` of them where positions are numbered, else `length`, or
/// `batch * length` if every batch entry has its own. The operands share no memory. A number out of range is a
/// [dev.balsa.error.ShapeException] when running.
///
/// @param packed whether heads lie beside each other
/// @param half how many pairs of each head are turned
/// @param interleaved whether neighbours are pairs, and not elements of the first half with those of the second
/// @param numbered whether there are position numbers
/// @param tableRows rows of cosines, and of sines
public record RotaryRequest(
        boolean packed,
        long batch,
        long heads,
        long length,
        int size,
        int half,
        boolean interleaved,
        boolean numbered,
        long tableRows) {
    /// The index of Y among the operands.
    int output() {
        return numbered ? 4 : 3;
    }
}
