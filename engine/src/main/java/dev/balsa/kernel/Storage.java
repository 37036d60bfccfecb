package dev.balsa.kernel;

/// How numbers that a model calls float32 are stored while layers hand them on to each other.
public enum Storage {
    /// As float32.
    FLOATS,
    /// As two bfloat16 parts, which is what tile units multiply: of each [#CHUNK] neighbouring numbers first the first
    /// parts of all, then the second parts of all, which are what the first ones leave, rounded. Together they have
    /// at least 16 bits of a number. A chunk takes as much memory as its floats would, at the same place; rows are
    /// whole chunks.
    PARTS,
    /// As bfloat16 numbers, rounded to nearest: half of the memory. Denormal numbers are zero then, and what is beyond
    /// the largest of them, 3.39e38, is infinite. Code for it needs the conversions that processors of
    /// [dev.balsa.cpu.Isa#AMX] have (Intel SDM, volume 2, *VCVTNEPS2BF16*).
    BFLOAT16;

    /// Numbers whose parts lie together.
    public static final int CHUNK = 32;

    /// Bytes from a chunk's first parts to its second ones.
    public static final int PART_BYTES = CHUNK * Short.BYTES;

    /// Bytes of a number.
    public int bytes() {
        return this == BFLOAT16 ? Short.BYTES : Float.BYTES;
    }

    /// Whether rows of so many numbers can be stored so.
    public boolean fits(long rowLength) {
        return this != PARTS || rowLength % CHUNK == 0;
    }
}
