package dev.balsa;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Reads and writes npy files, as NumPy's `load` and `save` do.
final class NpyFile {
    private static final int CHUNK = 1 << 20;
    private static final int LONGEST_HEADER = 1 << 20;
    private static final ValueLayout.OfInt CHARACTER =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private NpyFile() {}

    static Tensor read(Path path, Arena arena) {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ);
                var local = Arena.ofConfined()) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), local);
            return read(bytes, arena);
        } catch (ModelFormatException e) {
            throw e.within("file " + path.getFileName());
        } catch (NoSuchFileException e) {
            throw new ResourceException(
                    "file " + path + ": does not exist; expected an npy file, found nothing; check the path", e);
        } catch (IOException e) {
            throw new ResourceException(
                    "file " + path + ": cannot be read; expected an npy file, found " + e.getMessage(), e);
        }
    }

    private static Tensor read(MemorySegment file, Arena arena) {
        long start = headerStart(file);
        int length = headerLength(file);
        if (length > LONGEST_HEADER || start + length > file.byteSize()) {
            throw new ModelFormatException("header of " + length + " bytes; expected at most "
                    + Math.min(LONGEST_HEADER, file.byteSize() - start) + "; the file is damaged");
        }
        var text = new String(file.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        var header = NpyHeader.parse(text);
        var data = file.asSlice(start + length);
        checkLength(header, data.byteSize());
        var stored = elements(header, data, arena);
        if (header.bigEndian()) {
            swap(stored);
        }
        return header.fortranOrder() ? rowMajor(stored, header.shape(), arena) : stored;
    }

    private static long headerStart(MemorySegment file) {
        var magic = NpyHeader.MAGIC.getBytes(StandardCharsets.ISO_8859_1);
        if (file.byteSize() < magic.length + 6
                || file.asSlice(0, magic.length).mismatch(MemorySegment.ofArray(magic)) != -1) {
            throw new ModelFormatException("not an npy file; expected it to begin with \\x93NUMPY; check the path");
        }
        return version(file) == 1 ? magic.length + 4L : magic.length + 6L;
    }

    private static int version(MemorySegment file) {
        return file.get(ValueLayout.JAVA_BYTE, NpyHeader.MAGIC.length());
    }

    private static int headerLength(MemorySegment file) {
        long at = NpyHeader.MAGIC.length() + 2L;
        int low = file.get(ValueLayout.JAVA_BYTE, at) & 0xFF | (file.get(ValueLayout.JAVA_BYTE, at + 1) & 0xFF) << 8;
        if (version(file) == 1) {
            return low;
        }
        int high =
                file.get(ValueLayout.JAVA_BYTE, at + 2) & 0xFF | (file.get(ValueLayout.JAVA_BYTE, at + 3) & 0x7F) << 8;
        return high << 16 | low;
    }

    private static void checkLength(NpyHeader header, long found) {
        long expected;
        try {
            expected = header.dataBytes();
        } catch (ArithmeticException e) {
            expected = Long.MAX_VALUE;
        }
        if (found < expected) {
            throw new ModelFormatException("data of shape " + header.shape() + " and type " + header.type()
                    + "; expected " + expected + " bytes, found " + found + "; the file is truncated or damaged");
        }
    }

    /// The elements in the file's order.
    private static Tensor elements(NpyHeader header, MemorySegment data, Arena arena) {
        var tensor = Tensor.allocate(header.type(), header.shape(), arena);
        if (header.type() != DataType.STRING) {
            MemorySegment.copy(data, 0, tensor.memory(), 0, tensor.byteSize());
            return tensor;
        }
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setString(i, string(data, i * header.characters(), header));
        }
        return tensor;
    }

    private static String string(MemorySegment data, long from, NpyHeader header) {
        var text = new StringBuilder();
        for (int i = 0; i < header.characters(); i++) {
            int character = data.get(CHARACTER, 4 * (from + i));
            character = header.bigEndian() ? Integer.reverseBytes(character) : character;
            if (character == 0) {
                break;
            }
            text.appendCodePoint(Character.isValidCodePoint(character) ? character : 0xFFFD);
        }
        return text.toString();
    }

    private static void swap(Tensor tensor) {
        if (tensor.type() == DataType.STRING) {
            return;
        }
        int width = tensor.type().elementBytes();
        var memory = tensor.memory();
        for (long at = 0; at < memory.byteSize(); at += width) {
            for (int i = 0; i < width / 2; i++) {
                byte first = memory.get(ValueLayout.JAVA_BYTE, at + i);
                memory.set(ValueLayout.JAVA_BYTE, at + i, memory.get(ValueLayout.JAVA_BYTE, at + width - 1 - i));
                memory.set(ValueLayout.JAVA_BYTE, at + width - 1 - i, first);
            }
        }
    }

    /// Elements whose first dimension is contiguous, with the last one contiguous.
    private static Tensor rowMajor(Tensor stored, Shape shape, Arena arena) {
        var tensor = Tensor.allocate(stored.type(), shape, arena);
        var at = new long[shape.rank()];
        for (long to = 0; to < tensor.size(); to++) {
            long from = 0;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                from = from * shape.dim(axis) + at[axis];
            }
            tensor.copyElement(to, stored, from);
            for (int axis = shape.rank() - 1; axis >= 0 && ++at[axis] == shape.dim(axis); axis--) {
                at[axis] = 0;
            }
        }
        return tensor;
    }

    static void write(Tensor tensor, Path path) {
        var storable = storable(tensor);
        try (var channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            int characters = characters(storable);
            writeAll(
                    channel,
                    ByteBuffer.wrap(NpyHeader.of(storable.type(), characters, storable.shape())
                            .encode()));
            if (storable.type() == DataType.STRING) {
                writeStrings(channel, storable, characters);
            } else {
                var memory = storable.memory();
                for (long at = 0; at < memory.byteSize(); at += CHUNK) {
                    writeAll(
                            channel,
                            memory.asSlice(at, Math.min(CHUNK, memory.byteSize() - at))
                                    .asByteBuffer());
                }
            }
        } catch (IOException e) {
            throw new ResourceException(
                    "file " + path + ": cannot be written; expected a writable folder, found " + e.getMessage(), e);
        }
    }

    /// The tensor in a type that the format has, with the same values.
    private static Tensor storable(Tensor tensor) {
        var type = switch (tensor.type()) {
            case BFLOAT16 -> DataType.FLOAT32;
            case INT4 -> DataType.INT8;
            case UINT4 -> DataType.UINT8;
            default -> tensor.type();
        };
        if (type == tensor.type()) {
            return tensor;
        }
        var wider = Tensor.allocate(type, tensor.shape());
        for (long i = 0; i < tensor.size(); i++) {
            wider.setDouble(i, tensor.getDouble(i));
        }
        return wider;
    }

    /// The length of the longest string; NumPy has no strings of length 0.
    private static int characters(Tensor tensor) {
        int longest = 1;
        for (long i = 0; tensor.type() == DataType.STRING && i < tensor.size(); i++) {
            var text = tensor.getString(i);
            longest = Math.max(longest, text.codePointCount(0, text.length()));
        }
        return longest;
    }

    private static void writeStrings(WritableByteChannel channel, Tensor tensor, int characters) throws IOException {
        for (long i = 0; i < tensor.size(); i++) {
            var buffer = ByteBuffer.allocate(4 * characters).order(ByteOrder.LITTLE_ENDIAN);
            tensor.getString(i).codePoints().forEach(buffer::putInt);
            writeAll(channel, buffer.clear());
        }
    }

    private static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
