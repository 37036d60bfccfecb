package dev.balsa.kernel;

/// How numbers that a model calls float32 are stored while layers hand them on to each other.
public enum Storage {
    /// As float32.
    FLOATS,
    /// As bfloat16 parts, which is what tile units multiply: of each [#CHUNK] neighbouring numbers first the first
    /// parts of all, then the second parts of all, which are what the first ones leave, rounded. Together they have
    /// at least 16 bits of a number. A chunk takes as much memory as its floats would, at the same place; rows are
    /// whole chunks. Where a precision needs the first parts only, the second ones are neither written nor read.
    PARTS;

    /// Numbers whose parts lie together.
    public static final int CHUNK = 32;

    /// Bytes from a chunk's first parts to its second ones.
    public static final int PART_BYTES = CHUNK * Short.BYTES;

    /// Whether rows of so many numbers can be stored so.
    public boolean fits(long rowLength) {
        return this == FLOATS || rowLength % CHUNK == 0;
    }
}
