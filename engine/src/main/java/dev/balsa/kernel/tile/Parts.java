package dev.balsa.kernel.tile;

/// A range divided into about equal parts, the larger ones first.
final class Parts {
    private Parts() {}

    /// Where part `index` of `parts` begins; that of index `parts` at the end.
    static int start(int index, int count, int parts) {
        return index * (count / parts) + Math.min(index, count % parts);
    }
}
