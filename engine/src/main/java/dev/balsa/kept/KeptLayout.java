package dev.balsa.kept;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;

/// What is where in a kept file. Numbers are little-endian.
///
/// | from byte | bytes | what |
/// | --- | --- | --- |
/// | 0 | 8 | `BALSAKPT` |
/// | 8 | 4 | version of this layout: 2 |
/// | 12 | 4 | lower half of the checksum of all that follows |
/// | 16 | 8 | bytes of the key |
/// | 24 | 8 | bytes of the content |
/// | 32 | | the key in UTF-8, then zeros up to a multiple of 64 |
/// | | | the content, which ends the file: parts, with zeros between them up to multiples of 64 of the content |
///
/// For the checksum, what follows is taken in pieces of 4 MiB, the last one shorter: it is the XXH64 of their
/// XXH64s, each as eight bytes.
final class KeptLayout {
    /// Where the content, and in it each part, begins: at a multiple of this.
    static final int ALIGNMENT = 64;

    /// What a file turns out to be.
    enum Verdict {
        /// Of this layout and key, and unharmed.
        WHOLE,
        OTHER_VERSION,
        OTHER_KEY,
        DAMAGED
    }

    static final int VERSION_AT = 8;
    private static final int SUM_AT = 12;
    private static final int SUMMED_FROM = 16;
    private static final int KEY_BYTES_AT = 16;
    private static final int CONTENT_BYTES_AT = 24;
    private static final int KEY_AT = 32;

    private static final long MAGIC = 0x54504B41_534C4142L;
    private static final int VERSION = 2;

    private KeptLayout() {}

    /// Looks through a whole file, whatever is in it.
    static Verdict judge(MemorySegment file, byte[] key) {
        long size = file.byteSize();
        if (size < KEY_AT) {
            return Verdict.DAMAGED;
        }
        var header = header(file);
        if (header.getLong(0) != MAGIC) {
            return Verdict.DAMAGED;
        }
        if (header.getInt(VERSION_AT) != VERSION) {
            return Verdict.OTHER_VERSION;
        }
        long keyBytes = header.getLong(KEY_BYTES_AT);
        if (keyBytes < 0 || keyBytes > size - KEY_AT) {
            return Verdict.DAMAGED;
        }
        long content = aligned(KEY_AT + keyBytes);
        if (content > size
                || header.getLong(CONTENT_BYTES_AT) != size - content
                || header.getInt(SUM_AT) != (int) PieceSums.of(file.asSlice(SUMMED_FROM))) {
            return Verdict.DAMAGED;
        }
        boolean isSame = keyBytes == key.length
                && file.asSlice(KEY_AT, keyBytes).asByteBuffer().equals(ByteBuffer.wrap(key));
        return isSame ? Verdict.WHOLE : Verdict.OTHER_KEY;
    }

    /// The content of a file that is [Verdict#WHOLE].
    static MemorySegment content(MemorySegment file) {
        return file.asSlice(aligned(KEY_AT + header(file).getLong(KEY_BYTES_AT)));
    }

    /// A buffer, since it is read sooner after a start of the JVM than a segment, whose accessors are linked first.
    private static ByteBuffer header(MemorySegment file) {
        return file.asSlice(0, KEY_AT).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /// How long a file gets.
    static long size(byte[] key, List<MemorySegment> parts) {
        return aligned(KEY_AT + (long) key.length) + contentBytes(parts);
    }

    private static long contentBytes(List<MemorySegment> parts) {
        long bytes = 0;
        for (var part : parts) {
            bytes = Math.addExact(aligned(bytes), part.byteSize());
        }
        return bytes;
    }

    private static long aligned(long bytes) {
        return bytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /// Writes a file from its beginning; the channel is at its end afterwards.
    static void write(FileChannel channel, byte[] key, List<MemorySegment> parts) throws IOException {
        var header = ByteBuffer.allocate(Math.toIntExact(aligned(KEY_AT + (long) key.length)))
                .order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, MAGIC);
        header.putInt(VERSION_AT, VERSION);
        header.putLong(KEY_BYTES_AT, key.length);
        header.putLong(CONTENT_BYTES_AT, contentBytes(parts));
        header.put(KEY_AT, key);
        writeAll(channel, header.duplicate().limit(SUMMED_FROM));
        var writer = new SummedWriter(channel);
        writer.write(MemorySegment.ofBuffer(header.position(SUMMED_FROM)));
        long at = 0;
        for (var part : parts) {
            writer.write(MemorySegment.ofArray(new byte[(int) (aligned(at) - at)]));
            writer.write(part);
            at = aligned(at) + part.byteSize();
        }
        // Only now is the sum known; until then it is that of no file.
        var sum = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, writer.sum());
        channel.write(sum, SUM_AT);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Writes one thing after the other, and sums up as [PieceSums] does.
    private static final class SummedWriter {
        private final FileChannel channel;
        private final Xxh64 all = new Xxh64();
        private Xxh64 piece = new Xxh64();
        private int inPiece;

        SummedWriter(FileChannel channel) {
            this.channel = channel;
        }

        void write(MemorySegment memory) throws IOException {
            long step;
            for (long at = 0; at < memory.byteSize(); at += step) {
                step = Math.min(PieceSums.PIECE - inPiece, memory.byteSize() - at);
                var bytes = memory.asSlice(at, step);
                piece.add(bytes);
                writeAll(channel, bytes.asByteBuffer());
                inPiece += (int) step;
                if (inPiece == PieceSums.PIECE) {
                    endPiece();
                }
            }
        }

        private void endPiece() {
            PieceSums.add(all, piece.value());
            piece = new Xxh64();
            inPiece = 0;
        }

        int sum() {
            if (inPiece > 0) {
                endPiece();
            }
            return (int) all.value();
        }
    }
}
