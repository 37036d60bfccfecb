package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.TensorFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyCommandTest {
    @TempDir
    private Path folder;

    @Test
    void comparesOutputsAndStepsWithDoublePrecision() {
        var json = folder.resolve("a.json");
        var run = CommandRun.of(
                "accuracy",
                CommandRun.digits("digits.onnx"),
                "--compare",
                "onnxruntime",
                "--layers",
                "--top",
                2,
                "--limit",
                "2e-5",
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("logits", "onnxruntime rms", "Conv+Relu");
        assertThat(run.out().lines()).hasSize(2 + 1 + 3);
        var result = CommandRun.json(json);
        assertThat(result.extract("model")).endsWith("digits.onnx");
        assertThat(result.toPlain().toString()).contains("output=logits", "share=", "kernel=");
    }

    @Test
    void failsWhereAStepIsFurtherOffThanTheLimit() {
        var run = CommandRun.of("accuracy", CommandRun.digits("digits.onnx"), "--layers", "--limit", "1e-12");
        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(CommandRun.of("accuracy", CommandRun.digits("digits.onnx"), "--limit", "-1")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void takesInputsOfADataSet() throws IOException {
        var set = Files.createDirectory(folder.resolve("test_data_set_0"));
        var image = Tensor.allocate(DataType.FLOAT32, Shape.of(3, 1, 28, 28));
        TensorFiles.writeProto("image", image, set.resolve("input_0.pb"));
        var run = CommandRun.of("accuracy", CommandRun.digits("digits.onnx"), "--data-set", set);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("f32 3x10");
    }
}
