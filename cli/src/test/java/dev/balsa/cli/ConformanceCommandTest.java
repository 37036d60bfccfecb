package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Model;
import dev.balsa.TensorFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
    @TempDir
    private Path folder;

    /// A case whose expected output is off by the given share of the largest element.
    private void makeCase(String name, double error) throws IOException {
        var dataSet = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
        var file = Files.copy(
                CommandRun.digits("digits.onnx"), folder.resolve(name).resolve("model.onnx"));
        var image = Tensor.allocate(DataType.FLOAT32, Shape.of(1, 1, 28, 28));
        for (int i = 0; i < image.size(); i++) {
            image.setDouble(i, i % 7 / 7.0);
        }
        TensorFiles.writeProto("image", image, dataSet.resolve("input_0.pb"));
        try (var model = Model.load(file);
                var outputs = model.run(Map.of("image", image))) {
            var logits = outputs.get(0);
            double largest = 0;
            for (int i = 0; i < logits.size(); i++) {
                largest = Math.max(largest, Math.abs(logits.getDouble(i)));
            }
            logits.setDouble(3, logits.getDouble(3) + error * largest);
            TensorFiles.writeProto("logits", logits, dataSet.resolve("output_0.pb"));
        }
    }

    @Test
    void countsCasesByVerdict() throws IOException {
        makeCase("test_right", 0);
        makeCase("test_wrong", 0.5);
        Files.createDirectories(folder.resolve("test_empty"));
        Files.copy(
                CommandRun.digits("digits.onnx"), folder.resolve("test_empty").resolve("model.onnx"));
        var run = CommandRun.of("conformance", folder, "--list-failures", "--json", folder.resolve("c.json"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lastLine()).isEqualTo("1 passed, 1 failed, 1 skipped");
        assertThat(run.out())
                .contains("failed test_wrong: test_data_set_0: output 0: element 3 ")
                .contains("skipped test_empty");
        assertThat(CommandRun.json(folder.resolve("c.json")).extract("failed", 0))
                .isEqualTo(1);
    }

    @Test
    void filtersCases() throws IOException {
        makeCase("test_right", 0);
        makeCase("test_wrong", 0.5);
        var run = CommandRun.of("conformance", folder, "--filter", "right");
        assertThat(run.status()).isZero();
        assertThat(run.lastLine()).isEqualTo("1 passed, 0 failed, 0 skipped");
    }

    @Test
    void networksMayDifferByAShareOfTheLargestElement() throws IOException {
        makeCase("test_near", 8e-4);
        Files.writeString(folder.resolve("test_near").resolve("meta.json"), "{}");
        assertThat(CommandRun.of("conformance", folder).status()).isZero();
        assertThat(CommandRun.of("conformance", folder, "--tolerance", "network")
                        .status())
                .isZero();
    }

    @Test
    void casesOfOnnxItself() {
        var cases = Path.of("..", "..", "shared", "onnx-conformance");
        Assumptions.assumeTrue(Files.isDirectory(cases), "skipped: no test data at ../shared/onnx-conformance");
        var run = CommandRun.of("conformance", cases, "--filter", "node/test_basic_conv", "--list-failures");
        assertThat(run.status()).as(run.out()).isZero();
        assertThat(run.lastLine()).matches("[1-9]\\d* passed, 0 failed, 0 skipped");
    }

    @Test
    void missingFolder() {
        var run = CommandRun.of("conformance", folder.resolve("none"));
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.err()).contains("none");
    }
}
