package dev.balsa.kernel.attention;

/// What the elements of a mask mean.
public enum MaskKind {
    /// Floats that are added to scores.
    ADDED(Float.BYTES),
    /// Bytes: 0 hides a key.
    SEEN(1),
    /// Bytes: 0 leaves a key visible.
    HIDDEN(1),
    /// Pairs of 32-bit integers, one for each query: the first key that it sees, and the one behind the last.
    WITHIN(Integer.BYTES);

    private final int bytes;

    MaskKind(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of an element.
    public int bytes() {
        return bytes;
    }
}
