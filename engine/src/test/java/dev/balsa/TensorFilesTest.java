package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorFilesTest {
    @TempDir
    private Path folder;

    private static Tensor example(DataType type, Shape shape) {
        var tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < tensor.size(); i++) {
            switch (type) {
                case STRING -> tensor.setString(i, "é𝄞".repeat(i % 3) + i);
                case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> tensor.setDouble(i, i * 0.25 - 1);
                default -> tensor.setLong(i, type.isUnsigned() ? -1L - i : i - 5L);
            }
        }
        return tensor;
    }

    @ParameterizedTest
    @EnumSource
    void npyFilesKeepEveryElement(DataType type) {
        for (var shape : new Shape[] {Shape.scalar(), Shape.of(5), Shape.of(2, 3, 4), Shape.of(3, 0)}) {
            var tensor = example(type, shape);
            TensorFiles.writeNpy(tensor, folder.resolve("x.npy"));
            var read = TensorFiles.readNpy(folder.resolve("x.npy"), Arena.ofAuto());
            assertThat(read.shape()).isEqualTo(shape);
            switch (type) {
                case BFLOAT16 -> assertThat(read.type()).isEqualTo(DataType.FLOAT32);
                case INT4 -> assertThat(read.type()).isEqualTo(DataType.INT8);
                case UINT4 -> assertThat(read.type()).isEqualTo(DataType.UINT8);
                default -> assertThat(read.contentEquals(tensor)).isTrue();
            }
            if (type != DataType.STRING) {
                assertThat(read.toDoubleArray()).containsExactly(tensor.toDoubleArray());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void protoFilesKeepEveryElement(DataType type) {
        var tensor = example(type, Shape.of(3, 5));
        TensorFiles.writeProto("x", tensor, folder.resolve("x.pb"));
        try (var arena = Arena.ofConfined()) {
            var read = TensorFiles.readProto(folder.resolve("x.pb"), arena);
            assertThat(read.contentEquals(tensor)).isTrue();
        }
    }

    /// A file as `numpy.save` writes it.
    private Path numpy(String descr, boolean fortranOrder, String shape, int... data) throws IOException {
        var text = "{'descr': '" + descr + "', 'fortran_order': " + (fortranOrder ? "True" : "False") + ", 'shape': "
                + shape + ", }";
        var header = (text + " ".repeat(117 - text.length()) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        var bytes = Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0}, 128 + data.length);
        System.arraycopy(header, 0, bytes, 10, 118);
        for (int i = 0; i < data.length; i++) {
            bytes[128 + i] = (byte) data[i];
        }
        return Files.write(folder.resolve("numpy.npy"), bytes);
    }

    @Test
    void arraysInFortranOrderAreTransposed() throws IOException {
        // numpy.asfortranarray([[0, 1, 2], [3, 4, 5]])
        var read = TensorFiles.readNpy(numpy("|u1", true, "(2, 3)", 0, 3, 1, 4, 2, 5), Arena.ofAuto());
        assertThat(read.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(read.toLongArray()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void bigEndianElementsAreSwapped() throws IOException {
        var read = TensorFiles.readNpy(numpy(">f4", false, "(2,)", 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0), Arena.ofAuto());
        assertThat(read.toFloatArray()).containsExactly(1, -2);
        var text = TensorFiles.readNpy(numpy(">U2", false, "(1,)", 0, 0, 0, 'h', 0, 0, 0, 'i'), Arena.ofAuto());
        assertThat(text.getString(0)).isEqualTo("hi");
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        var arena = Arena.ofAuto();
        assertThatThrownBy(() -> TensorFiles.readNpy(folder.resolve("none.npy"), arena))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("none.npy");
        var cut = numpy("<f4", false, "(3,)", 1, 2, 3, 4);
        assertThatThrownBy(() -> TensorFiles.readNpy(cut, arena))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expected 12 bytes, found 4");
        var huge = numpy("<f8", false, "(4611686018427387904, 2)");
        assertThatThrownBy(() -> TensorFiles.readNpy(huge, arena)).isInstanceOf(dev.balsa.error.BalsaException.class);
        var objects = numpy("|O8", false, "(1,)");
        assertThatThrownBy(() -> TensorFiles.readNpy(objects, arena)).isInstanceOf(UnsupportedException.class);
        var text = Files.writeString(folder.resolve("text.npy"), "not an array at all");
        assertThatThrownBy(() -> TensorFiles.readNpy(text, arena))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("text.npy");
    }
}
