package dev.balsa.onnx.wire;

/// What a file may ask of the reader. Lengths are always checked against the bytes that are really there, so heap use
/// is proportional to the size of the file in any case; these limits bound the factor and the recursion.
///
/// @param nesting messages within messages; a graph inside a graph takes three levels (node, attribute, graph)
/// @param messages messages and retained unknown fields in one file, of any kind; nodes count among them
/// @param stringBytes bytes of one text string (names, documentation, metadata); byte fields such as weights are not
///     limited, because they are not copied
/// @param elements entries of one repeated field that is decoded into a list
/// @param rank dimensions of one tensor
public record Limits(int nesting, long messages, long stringBytes, int elements, int rank) {
    /// 64 graphs within each other, 10 million messages, strings of 64 MiB, 100 million list entries, rank 64.
    public static final Limits DEFAULT = new Limits(64 * 3 + 8, 10_000_000L, 64L << 20, 100_000_000, 64);
}
