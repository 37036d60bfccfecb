package dev.balsa.onnx.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;

/// Bytes of known length that are produced when they are written: a slice of a file, or data generated on the way.
public interface Payload {
    /// How many bytes [#writeTo] writes.
    long size();

    /// Writes exactly [#size] bytes.
    void writeTo(WritableByteChannel channel) throws IOException;

    /// The bytes of a segment, which must stay alive until they are written.
    static Payload of(MemorySegment bytes) {
        return new OfSegment(bytes);
    }

    /// @param bytes what to write
    record OfSegment(MemorySegment bytes) implements Payload {
        private static final long STEP = 16L << 20;

        @Override
        public long size() {
            return bytes.byteSize();
        }

        @Override
        public void writeTo(WritableByteChannel channel) throws IOException {
            for (long at = 0; at < bytes.byteSize(); at += STEP) {
                var buffer =
                        bytes.asSlice(at, Math.min(STEP, bytes.byteSize() - at)).asByteBuffer();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
    }
}
