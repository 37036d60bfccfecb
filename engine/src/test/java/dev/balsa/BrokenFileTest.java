package dev.balsa;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.onnx.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths and files that are no models get errors that say so.
class BrokenFileTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Model.load(folder.resolve("none.onnx")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("none.onnx")
                .hasMessageContaining("does not exist");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThatThrownBy(() -> Model.load(folder))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("found a directory");
    }

    @Test
    void anEmptyFileIsNoModel() throws IOException {
        var file = Files.createFile(folder.resolve("empty.onnx"));
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("empty.onnx")
                .hasMessageContaining("found 0 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<html><body>404 Not Found</body></html>", "version https://git-lfs.github.com/spec/v1\n", "{}"})
    void aTextIsNoModel(String text) throws IOException {
        var file = Files.writeString(folder.resolve("text.onnx"), text);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("text.onnx")
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.3, 0.5, 0.9, 0.999})
    void aTruncatedModelIsRefused(double share) throws IOException {
        var sound = Files.readAllBytes(SharedFiles.find("real-models/digits-mnist-cntk/model.onnx"));
        var file =
                Files.write(folder.resolve("short.onnx"), Arrays.copyOf(sound, (int) Math.ceil(sound.length * share)));
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(BalsaException.class)
                .hasMessageStartingWith("model short.onnx: ")
                .hasMessageNotContainingAny("short.onnx: model short.onnx")
                .hasMessageContaining("expected");
    }
}
