package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cli.models.SharedModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void measuresAPromptAndTokens() {
        var json = folder.resolve("d.json");
        var run = CommandRun.of(
                "decode",
                SharedModels.shared("real-models/llm-stories260k-onnx-opset17/model.onnx"),
                "--prompt",
                5,
                "--tokens",
                9,
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("a prompt of 5 tokens, then 9 tokens one by one; the past stays in place");
        var result = CommandRun.json(json);
        assertThat(result.extract("length", 0)).isEqualTo(14);
        assertThat(result.extract("planned.tokens_per_s", 0.0)).isPositive();
        assertThat(result.extract("first.prompt_ms", 0.0)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prompt=0", "--tokens=0", "--tokens=10000000"})
    void refusesWrongOptions(String option) {
        var run = CommandRun.of("decode", CommandRun.digits("digits.onnx"), option);
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--prompt and --tokens: expected");
    }

    @Test
    void saysThatAPictureIsNoDecoder() {
        var run = CommandRun.of("decode", CommandRun.digits("digits.onnx"));
        assertThat(run.status()).isNotZero();
        assertThat(run.err()).contains("the model has no states");
    }
}
