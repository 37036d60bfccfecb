package dev.balsa.kept;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Tells files apart by what is in them, for keys of [KeptFiles].
///
/// Files of the same size have the same identity by accident once in 2^64, as far as a checksum of 64 bits tells
/// ([Xxh64]). It is no protection against somebody who wants two files to have the same: that is easy. Where
/// files may come from such people, a key must also say where its files are from, such as by their paths.
public final class FileIdentity {
    private FileIdentity() {}

    /// The identity of files together, in their order: for each its size and checksum, as `SIZE-SUM`, the sum in
    /// hexadecimal; parted by `+`. Reads all of them, by up to eight threads where there is much and the memory
    /// is not confined to one thread.
    ///
    /// @param contents what is in the files, usually mapped; valid until this returns
    /// @throws IllegalStateException if memory is closed
    /// @throws WrongThreadException if memory belongs to another thread
    public static String of(List<MemorySegment> contents) {
        var text = new StringBuilder();
        for (var content : contents) {
            text.append(text.isEmpty() ? "" : "+").append(content.byteSize()).append('-');
            var sum = Long.toHexString(PieceSums.of(content));
            text.repeat('0', 2 * Long.BYTES - sum.length()).append(sum);
        }
        return text.toString();
    }
}
