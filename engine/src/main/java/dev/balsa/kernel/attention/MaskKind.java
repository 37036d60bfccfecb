package dev.balsa.kernel.attention;

/// What the elements of a mask mean.
public enum MaskKind {
    /// Floats that are added to scores.
    ADDED(Float.BYTES),
    /// Bytes: 0 hides a key.
    SEEN(1),
    /// Bytes: 0 leaves a key visible.
    HIDDEN(1);

    private final int bytes;

    MaskKind(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of an element.
    public int bytes() {
        return bytes;
    }
}
