package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir
    Path folder;

    private void open(Path path) {
        try (var arena = Arena.ofConfined()) {
            assertThat(OnnxFile.open(path, arena).model().graph().nodes()).isNotEmpty();
        }
    }

    @Test
    void opensAModel() throws IOException {
        open(Files.write(folder.resolve("model.onnx"), SampleModel.bytes(SampleModel.model())));
    }

    @Test
    void saysWhatIsWrongWithThePath() {
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("a directory");
        assertThatThrownBy(() -> open(folder.resolve("gone.onnx")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("gone.onnx: does not exist");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        var empty = Files.createFile(folder.resolve("empty.onnx"));
        assertThatThrownBy(() -> open(empty))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is empty");
    }

    @Test
    void refusesOtherFilesAndNamesTheModel() throws IOException {
        var text = Files.writeString(folder.resolve("readme.onnx"), "version https://example.org\n");
        assertThatThrownBy(() -> open(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("model readme.onnx: ");
    }

    @Test
    void refusesAModelWithoutGraph() throws IOException {
        var path = Files.write(folder.resolve("bare.onnx"), new byte[] {0x08, 0x08});
        assertThatThrownBy(() -> open(path)).hasMessageContaining("expected a graph (field 7), found none");
    }
}
