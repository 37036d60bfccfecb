package dev.balsa.kernel.attention;

import dev.balsa.kernel.Frame;
import java.lang.foreign.MemorySegment;

/// What multiplies in attention: scores of queries and keys, and sums of values by weights. Immutable and
/// thread-safe.
///
/// Scratch memory begins with what products need ([#end] tells where that ends).
interface AttentionProducts {
    /// How a group's rows are divided into units.
    RowDivision division();

    /// The most keys of a block.
    int block();

    /// Elements from a row of scores to the next.
    int step();

    /// Where sums lie.
    SumRows sums();

    /// Bytes of the sums of a unit.
    long sumBytes();

    /// Bytes from the beginning of sums to those of a row of the unit, where rows tell.
    long sumAt(int row);

    /// Where the scratch memory for products ends.
    long end();

    /// Pieces in which keys and values are packed before, for all units.
    int pieces();

    /// Bytes of what is packed.
    long packedBytes();

    /// Packs a piece.
    ///
    /// @param keys the address of all keys
    /// @param packed the address of what is packed
    void pack(int piece, MemorySegment scratch, long keys, long values, long packed);

    /// Says that units follow.
    void begin(Frame frame);

    /// Says that units have come to an end.
    void end(Frame frame);

    /// Begins with rows of a group's queries.
    ///
    /// @param queries the address of the group's first query
    void start(MemorySegment scratch, long queries, int firstRow, int endRow);

    /// Where keys before the first of a block are scored as well, since products begin at certain keys.
    ///
    /// @param key the first of a block
    /// @param wanted how many of it are wanted
    /// @return how many
    int ahead(int key, int wanted);

    /// Makes the scores of keys from `key - ahead` on.
    ///
    /// @param index of the group
    /// @param keys as in [#pack]
    /// @param wanted how many keys there are from there on
    /// @param scores the address of the first row's
    void score(
            MemorySegment scratch,
            int index,
            long queries,
            long keys,
            long packed,
            int firstRow,
            int endRow,
            int key,
            int wanted,
            long scores);

    /// Adds values by weights to the sums, or begins these.
    ///
    /// @param key the first one
    /// @param wanted how many
    /// @param weights the address of the first row's first weight
    void add(
            MemorySegment scratch,
            int index,
            long values,
            long packed,
            int firstRow,
            int endRow,
            int key,
            int wanted,
            long weights,
            boolean begins,
            long sums);
}
