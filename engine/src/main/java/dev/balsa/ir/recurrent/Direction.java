package dev.balsa.ir.recurrent;

/// In which direction a recurrent layer walks its sequences.
public enum Direction {
    FORWARD,
    REVERSE,
    /// Both, with weights for each; the forward results come first.
    BIDIRECTIONAL;

    /// The number of walks.
    int count() {
        return this == BIDIRECTIONAL ? 2 : 1;
    }

    /// Whether walk `index` begins with the last element of the sequence.
    boolean isReverse(int index) {
        return this == REVERSE || index == 1;
    }
}
