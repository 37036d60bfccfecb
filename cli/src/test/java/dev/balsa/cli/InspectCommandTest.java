package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonNodeMapper;
import io.avaje.json.node.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    private static final Path DIGITS = CommandRun.digits("digits.onnx");

    @Test
    void tellsWhatTheFileHolds() {
        var run = CommandRun.of("inspect", DIGITS);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().map(String::strip).map(line -> line.replaceAll("  +", " ")))
                .contains(
                        "opsets: ai.onnx 17",
                        "input image: float32 [batch, 1, 28, 28]",
                        "output logits: float32 [batch, 10]",
                        "4 Conv",
                        "3 MaxPool",
                        "416 1.66 kB 0.0 % Conv /conv1/Conv float32 16x1x5x5",
                        "work: 7.41 M FLOP for image 1x1x28x28");
    }

    @Test
    void countsTheWorkForTheBatchGiven() {
        assertThat(CommandRun.of("inspect", DIGITS, "--batch", 10).out())
                .contains("work: 74.1 M FLOP for image 10x1x28x28");
    }

    @Test
    void plansOnlyIfAsked() {
        assertThat(CommandRun.of("inspect", DIGITS).out()).doesNotContain("Conv+Relu");
        assertThat(CommandRun.of("inspect", DIGITS, "--plan").out())
                .contains("precision fast")
                .containsPattern(
                        "0 +Conv\\+Relu +\\S+ +(channels last|row-major) +f32 +\\S.* f32\\[1,(16,28,28|28,28,16)] .*/conv1/Conv");
        assertThat(CommandRun.of("inspect", DIGITS, "--plan", "--precision", "exact")
                        .out())
                .contains("precision exact");
    }

    @Test
    void saysWhyAKernelWasChosen() {
        var run = CommandRun.of("inspect", DIGITS, "--plan", "--isa", "portable", "--tuning", "off");
        assertThat(run.out()).containsPattern("Conv\\+Relu +portable_conv_f32\\S* +row-major +f32 +only candidate ");
        assertThat(run.out().lines()).allMatch(line -> line.length() < 300);
    }

    @Test
    void writesNothingButJsonToStandardOutput() {
        var run = CommandRun.of("inspect", DIGITS, "--plan", "--json", "-");
        var document = (JsonObject) JsonNodeMapper.builder().build().fromJson(run.out());
        assertThat(document.extract("parameters", 0L)).isEqualTo(32_506);
        assertThat(document.extract("operators.Relu", 0L)).isEqualTo(4);
        // Convolutions: outputs x 2 x taps; the Gemm: 2 x 432 x 10.
        long flop = 2L * (16 * 28 * 28 * 25 + 32 * 14 * 14 * 144 + 32 * 14 * 14 * 288 + 48 * 7 * 7 * 288 + 4320);
        assertThat(document.extract("flop", 0L)).isEqualTo(flop);
        assertThat(((JsonArray) document.extractNode("weights")).size()).isEqualTo(10);
        var step = (JsonObject)
                ((JsonArray) document.extractNode("plan")).elements().getFirst();
        assertThat(step.extract("reason")).isNotEmpty();
        assertThat(step.extract("types")).isEqualTo("f32");
        // With channels last there is a transposition before the image is flattened.
        assertThat(((JsonArray) document.extractNode("plan")).size()).isBetween(8, 9);
    }

    @Test
    void reportsShapesThatTheModelCannotTake() {
        var run = CommandRun.of("inspect", DIGITS, "--plan", "--shape", "image=1x3x28x28");
        assertThat(run.status()).isEqualTo(5);
        assertThat(run.err()).contains("input \"image\" does not fit").hasLineCount(1);

        var without = CommandRun.of("inspect", DIGITS, "--shape", "image=1x3x28x28");
        assertThat(without.status()).isEqualTo(ExitCode.OK);
        assertThat(without.out()).contains("work: not known");
    }

    @Test
    void reportsUnknownNamesMissingAndDamagedFiles(@TempDir Path folder) throws IOException {
        var unknown = CommandRun.of("inspect", DIGITS, "--shape", "picture=1x1x28x28");
        assertThat(unknown.status()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("--shape picture");

        var missing = CommandRun.of("inspect", folder.resolve("none.onnx"));
        assertThat(missing.status()).isEqualTo(6);
        assertThat(missing.err()).contains("none.onnx").hasLineCount(1);

        var damaged = folder.resolve("damaged.onnx");
        Files.write(damaged, Arrays.copyOf(Files.readAllBytes(DIGITS), 1000));
        var run = CommandRun.of("inspect", damaged);
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).contains("damaged.onnx").hasLineCount(1);
    }
}
