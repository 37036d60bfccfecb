package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.TensorFiles;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"two,2", "four,4", "seven,7", "nine,9"})
    void readsTheDigitOnAPicture(String picture, int digit) {
        var run = CommandRun.of(
                "run",
                CommandRun.digits("digits.onnx"),
                "--input",
                "image=" + CommandRun.digits(picture + ".png"),
                "--resize",
                "28x28",
                "--grey",
                "--invert",
                "--scale",
                "255");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("logits: float32 1x10")
                .contains("answer: class " + digit + ", ")
                .contains("softmax");
    }

    @Test
    void takesSizeAndChannelsFromTheModelAndNamesFromLabels() throws IOException {
        var labels = folder.resolve("labels.txt");
        Files.write(labels, List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"));
        var run = CommandRun.of(
                "run",
                CommandRun.digits("digits.onnx"),
                "--input",
                CommandRun.digits("seven.png"),
                "--invert",
                "--scale",
                "255",
                "--labels",
                labels);
        assertThat(run.out()).contains("answer: class 7 (seven)");
    }

    @Test
    void writesOutputsThatNumpyCanRead() {
        var run = CommandRun.of(
                "run",
                CommandRun.digits("digits.onnx"),
                "--batch",
                3,
                "--output",
                folder,
                "--json",
                folder.resolve("o.json"));
        assertThat(run.status()).isZero();
        try (var arena = Arena.ofConfined()) {
            var logits = TensorFiles.readNpy(folder.resolve("logits.npy"), arena);
            assertThat(logits.type()).isEqualTo(DataType.FLOAT32);
            assertThat(logits.shape()).isEqualTo(Shape.of(3, 10));
            assertThat(logits.toFloatArray()).doesNotContain(0);
        }
        var json = CommandRun.json(folder.resolve("o.json"));
        assertThat(json.toString()).contains("logits").contains("mean");
    }

    @Test
    void readsNpyAndProtoInputsAlike() {
        var image = Tensor.allocate(DataType.FLOAT32, Shape.of(1, 1, 28, 28));
        for (int i = 0; i < image.size(); i++) {
            image.setDouble(i, i % 28 > 12 && i % 28 < 16 ? 1 : 0);
        }
        TensorFiles.writeNpy(image, folder.resolve("image.npy"));
        TensorFiles.writeProto("image", image, folder.resolve("image.pb"));
        var npy = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--input", folder.resolve("image.npy"));
        var proto = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--input", folder.resolve("image.pb"));
        assertThat(npy.out()).contains("answer: class 1").isEqualTo(proto.out());
    }

    @Test
    void randomInputsFollowFromTheSeed() {
        var first = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--seed", 5);
        var again = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--seed", 5);
        var other = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--seed", 6);
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(other.out()).isNotEqualTo(first.out());
    }

    @Test
    void sharesAreThoseOfTheSoftmax() {
        var json = folder.resolve("o.json");
        CommandRun.of("run", CommandRun.digits("digits.onnx"), "--json", json, "--output", folder);
        try (var arena = Arena.ofConfined()) {
            var logits =
                    TensorFiles.readNpy(folder.resolve("logits.npy"), arena).toDoubleArray();
            double sum = 0;
            double best = Double.NEGATIVE_INFINITY;
            for (double logit : logits) {
                sum += Math.exp(logit);
                best = Math.max(best, logit);
            }
            var share =
                    CommandRun.json(json).find("outputs").toString().replaceFirst(".*?share[^0-9]*([0-9.]+).*", "$1");
            assertThat(Double.parseDouble(share)).isCloseTo(Math.exp(best) / sum, within(1e-6));
        }
    }
}
