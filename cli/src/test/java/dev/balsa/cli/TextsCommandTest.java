package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cli.models.SharedModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextsCommandTest {
    @TempDir
    private Path folder;

    @Test
    void measuresRequestsOfAllLengths() {
        var json = folder.resolve("t.json");
        var run = CommandRun.of(
                "texts",
                SharedModels.shared("tiny-random-models/tinybert-tribuo/model.onnx"),
                "--lengths",
                "2-20",
                "--first",
                30,
                "--batch",
                3,
                "--requests",
                6,
                "--warm-up",
                2,
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("6 requests of 3 texts of 2 to 20 tokens, the first of 30")
                .contains("ratio ");
        var result = CommandRun.json(json);
        assertThat(result.extract("requests", 0)).isEqualTo(6);
        assertThat(result.extract("places", 0)).isEqualTo(6 * 3 * 30);
        assertThat(result.extract("tokens", 0)).isBetween(6 * 34, 6 * 70);
        assertThat(result.extract("total_ms", 0.0)).isPositive();
        assertThat(result.extract("ratio", 0.0)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--lengths=0-5", "--lengths=7-5", "--lengths=many", "--batch=0", "--requests=0", "--first=-1"})
    void refusesWrongOptions(String option) {
        var run = CommandRun.of("texts", CommandRun.digits("digits.onnx"), option);
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(option.substring(0, option.indexOf('=')));
    }

    @Test
    void saysThatAPictureIsNoText() {
        var run = CommandRun.of("texts", CommandRun.digits("digits.onnx"));
        assertThat(run.status()).isEqualTo(5);
        assertThat(run.err()).contains("input \"image\": expected texts");
    }
}
