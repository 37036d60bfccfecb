package dev.balsa.ir.fusion;

/// What is done to the scores of a [ViewedAttention] by its fourth input.
///
/// @param use what the elements mean
/// @param view where they lie: a row for each query, a column for each key or, for [Use#WITHIN], each of the two
/// numbers
/// @param hidden the score of a key that truth values hide
public record ScoreMask(Use use, MatrixView view, float hidden) {
    /// What the elements of a mask mean.
    public enum Use {
        /// Numbers that are added.
        ADDED,
        /// True where a key is seen.
        SEEN,
        /// True where a key is hidden.
        HIDDEN,
        /// For each query the first key that it sees and the one behind the last, as in a
        /// [dev.balsa.ir.attention.SegmentMask]; others have no weight.
        WITHIN
    }
}
