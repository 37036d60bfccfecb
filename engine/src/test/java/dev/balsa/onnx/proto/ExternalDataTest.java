package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {
    @TempDir
    Path outside;

    private final Arena arena = Arena.ofConfined();
    private Path folder;
    private TensorData data;

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectory(outside.resolve("model"));
        Files.write(folder.resolve("w.bin"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        Files.write(outside.resolve("secret.bin"), new byte[8]);
        data = new TensorData(new ExternalData(folder.resolve("model.onnx"), arena), arena);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private static TensorProto bytes(long count, String location, long offset, long length) {
        return new TensorProto("w", 2, List.of(count), MemorySegment.ofArray(new byte[0]))
                .withExternalData(location, offset, length);
    }

    @Test
    void mapsTheStretchThatIsNamed() {
        var first = data.bytes(bytes(3, "w.bin", 2, 3));
        var second = data.bytes(bytes(8, "./w.bin", 0, 8));
        assertThat(first.toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3, 4);
        assertThat(first.address()).as("one mapping").isEqualTo(second.address() + 2);
        assertThat(first.isReadOnly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.bin", "sub/../../secret.bin", "/etc/hostname", "", "a\0b"})
    void refusesLocationsOutsideTheFolder(String location) {
        assertThatThrownBy(() -> data.bytes(bytes(8, location, 0, 8)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expected a relative path inside the model's folder");
    }

    @Test
    void refusesLinksThatLeadOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.bin"), outside.resolve("secret.bin"));
        Files.createSymbolicLink(folder.resolve("sub"), outside);
        assertThatThrownBy(() -> data.bytes(bytes(8, "link.bin", 0, 8))).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> data.bytes(bytes(8, "sub/secret.bin", 0, 8))).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void followsLinksThatStayInside() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.bin"), Path.of("w.bin"));
        assertThat(data.bytes(bytes(8, "link.bin", 0, 8)).byteSize()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"8, 1, 8", "8, 9, 8", "9, 0, 9", "8, 9223372036854775807, 8", "4, 0, 8", "8, -1, 8", "8, 0, -8"})
    void refusesStretchesThatAreNotThere(long count, long offset, long length) {
        assertThatThrownBy(() -> data.bytes(bytes(count, "w.bin", offset, length)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("external data");
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> data.bytes(bytes(8, "gone.bin", 0, 8)))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("gone.bin");
    }
}
