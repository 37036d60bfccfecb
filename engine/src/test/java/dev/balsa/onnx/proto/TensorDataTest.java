package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import dev.balsa.error.ModelFormatException;
import dev.balsa.onnx.wire.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Element bytes from every field that may hold them; the tensors are written by protobuf-java.
class TensorDataTest {
    private final Arena arena = Arena.ofConfined();
    private final TensorData data = new TensorData(new ExternalData(Path.of("model.onnx"), arena), arena);

    @AfterEach
    void close() {
        arena.close();
    }

    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static TensorProto tensor(int type, long dim, Fields fields) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeInt64(1, dim);
            out.writeInt32(2, type);
            out.writeString(8, "t");
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return TensorProtoFile.parse(MemorySegment.ofArray(bytes.toByteArray()), Limits.DEFAULT);
    }

    private String hex(TensorProto tensor) {
        return HexFormat.of().formatHex(data.bytes(tensor).toArray(ValueLayout.JAVA_BYTE));
    }

    @ParameterizedTest(name = "element type {0}: {2}")
    @CsvSource({
        "2, 2, 1 255, 01ff",
        "3, 2, -1 127, ff7f",
        "4, 2, 1 65535, 0100ffff",
        "5, 2, -2 32767, feffff7f",
        "6, 2, -2 2147483647, feffffffffffff7f",
        "9, 3, 0 1 5, 000101",
        "10, 2, 15360 49152, 003c00c0",
        "16, 1, 16256, 803f",
        "17, 1, 128, 80",
        "21, 3, 33 3, 2103",
        "22, 4, 33 255, 21ff",
        "23, 2, 18, 12",
        "24, 1, 127, 7f",
        "25, 5, 228 1, e401",
        "26, 4, -1, ff"
    })
    void convertsInt32Data(int type, long count, String values, String expected) {
        var tensor = tensor(type, count, out -> {
            for (var value : values.split(" ")) {
                out.writeInt32(5, Integer.parseInt(value));
            }
        });
        assertThat(hex(tensor)).isEqualTo(expected);
    }

    @Test
    void convertsTheOtherIntegerFields() {
        assertThat(hex(tensor(7, 1, out -> out.writeInt64(7, -2)))).isEqualTo("feffffffffffffff");
        assertThat(hex(tensor(12, 1, out -> out.writeUInt64(11, 0xffff_fffeL)))).isEqualTo("feffffff");
        assertThat(hex(tensor(13, 1, out -> out.writeUInt64(11, -2)))).isEqualTo("feffffffffffffff");
    }

    @Test
    void takesFloatsAndDoublesAsTheyLie() {
        assertThat(hex(tensor(1, 1, out -> out.writeFloat(4, 1f)))).isEqualTo("0000803f");
        assertThat(hex(tensor(11, 1, out -> out.writeDouble(10, 1)))).isEqualTo("000000000000f03f");
        var complex = tensor(14, 1, out -> {
            out.writeFloat(4, 1f);
            out.writeFloat(4, -1f);
        });
        assertThat(hex(complex)).isEqualTo("0000803f000080bf");
    }

    @Test
    void doesNotCopyRawData() {
        var file = new byte[] {0x08, 0x02, 0x10, 0x02, 0x4a, 0x02, 0x05, 0x06};
        var tensor = TensorProtoFile.parse(MemorySegment.ofArray(file), Limits.DEFAULT);
        file[6] = 9;
        assertThat(hex(tensor)).isEqualTo("0906");
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "1, 5", "7, 4", "21, 7", "21, 9"})
    void refusesRawDataOfTheWrongSize(int type, long count) {
        var tensor = tensor(type, count, out -> out.writeByteArray(9, new byte[type == 21 ? 3 : 16]));
        assertThatThrownBy(() -> data.bytes(tensor))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("tensor \"t\": raw_data has the wrong size; expected ");
    }

    @Test
    void refusesTheWrongNumberOfEntries() {
        assertThatThrownBy(() -> data.bytes(tensor(6, 2, out -> out.writeInt32(5, 1))))
                .hasMessageContaining("int32_data has the wrong number of entries; expected 2");
    }

    @Test
    void refusesValuesThatDoNotFit() {
        assertThatThrownBy(() -> data.bytes(tensor(3, 1, out -> out.writeInt32(5, 300))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("does not fit; expected 8 bits, found 300");
    }

    @Test
    void refusesTwoPlaces() {
        var tensor = tensor(6, 1, out -> {
            out.writeInt32(5, 1);
            out.writeByteArray(9, new byte[4]);
        });
        assertThatThrownBy(() -> data.bytes(tensor)).hasMessageContaining("two places");
    }

    @Test
    void readsStrings() {
        var tensor = tensor(8, 2, out -> {
            out.writeString(6, "");
            out.writeString(6, "é");
        });
        assertThat(data.strings(tensor)).extracting(MemorySegment::byteSize).containsExactly(0L, 2L);
        assertThatThrownBy(() -> data.bytes(tensor)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> data.strings(tensor(8, 3, out -> out.writeString(6, ""))))
                .hasMessageContaining("wrong number of strings; expected 3, found 1");
    }

    @ParameterizedTest
    @CsvSource({"0", "27", "-1"})
    void refusesUnknownElementTypes(int type) {
        assertThatThrownBy(() -> data.bytes(tensor(type, 1, out -> out.writeByteArray(9, new byte[1]))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("bad element type");
    }
}
