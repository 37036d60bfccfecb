package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    private Path folder;

    @Test
    void showsWhatTheModelConsistsOf() {
        var run = CommandRun.of("inspect", CommandRun.digits("digits.onnx"));
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("image: float32 [batch, 1, 28, 28]")
                .contains("logits: float32 [batch, 10]")
                .contains("{ai.onnx=17}")
                .contains("Conv=4, Flatten=1, Gemm=1, MaxPool=3, Relu=4")
                .contains("parameters 32.5 k")
                .contains("32x16x3x3");
    }

    @Test
    void countsOperationsForTheGivenBatch() {
        var json = folder.resolve("m.json");
        CommandRun.of("inspect", CommandRun.digits("digits.onnx"), "--batch", 4, "--json", json);
        // Convolutions: outputs x 2 x taps; the Gemm: 2 x 432 x 10.
        long one = 2L * (16 * 28 * 28 * 25 + 32 * 14 * 14 * 144 + 32 * 14 * 14 * 288 + 48 * 7 * 7 * 288 + 4320);
        assertThat(CommandRun.json(json).extract("flop", 0L)).isEqualTo(4 * one);
        assertThat(CommandRun.json(json).extract("parameters", 0L)).isEqualTo(32_506);
    }

    @Test
    void planNamesAKernelPerStep() {
        var run = CommandRun.of("inspect", CommandRun.digits("digits.onnx"), "--plan");
        assertThat(run.out()).contains("plan for {image=1x1x28x28}").contains("f32[1,48,3,3]");
        assertThat(run.out().lines().filter(line -> line.startsWith("/conv") && line.contains("_conv_")))
                .hasSize(4);
    }
}
