package dev.balsa.rewrite.packing;

/// What the places along a dimension of a value stand for.
enum Axis {
    /// The same for every token: features, heads.
    PLAIN,
    /// Texts of a batch, possibly with other dimensions behind them merged into one.
    BATCH,
    /// Tokens of a text.
    TOKEN,
    /// Tokens of all texts, text by text.
    ROWS,
    /// Tokens of all texts, the first ones of all texts before all second ones.
    TURNED_ROWS,
    /// Tokens that are looked at by those of another dimension.
    KEY,
    /// Tokens of a text, for which a mask says the same.
    REPEATED,
    /// One place for each text, after tokens are gone.
    TEXT
}
