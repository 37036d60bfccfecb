package dev.balsa.rewrite.packing;

/// What a value holds.
enum Content {
    /// The same for all inputs.
    FIXED,
    /// Lengths of dimensions.
    LENGTHS,
    /// What follows from the mask alone, token by token.
    MASK,
    /// What a token's own inputs, and those that attention has shown it, give.
    DATA,
    /// Products of tokens with all tokens of their text.
    SCORES,
    /// Scores of which those of padding are hidden.
    SEEN,
    /// Shares of the tokens of a text, none of padding.
    WEIGHTS;

    boolean isOfPairs() {
        return this == SCORES || this == SEEN || this == WEIGHTS;
    }
}
