package dev.balsa.kept;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Tells files apart by what is in them, for keys of [KeptFiles].
///
/// Files of the same size have the same identity by accident once in 2^64, as far as a CRC-32 and a CRC-32C of the
/// contents tell. They are no protection against somebody who wants two files to have the same: that is easy. Where
/// files may come from such people, a key must also say where its files are from, such as by their paths.
public final class FileIdentity {
    private FileIdentity() {}

    /// The identity of files together, in their order: for each its size and checksums, as `SIZE-SUMS`, the sums in
    /// hexadecimal; parted by `+`. Reads all of them, by up to eight threads where there is much and the memory
    /// is not confined to one thread.
    ///
    /// @param contents what is in the files, usually mapped; valid until this returns
    /// @throws IllegalStateException if memory is closed meanwhile
    /// @throws WrongThreadException if memory belongs to another thread
    public static String of(List<MemorySegment> contents) {
        var text = new StringBuilder();
        for (var content : contents) {
            text.append(text.isEmpty() ? "" : "+").append(content.byteSize()).append('-');
            var sums = Long.toHexString(PieceSums.both(content));
            text.repeat('0', 2 * Long.BYTES - sums.length()).append(sums);
        }
        return text.toString();
    }
}
