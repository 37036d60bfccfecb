package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzCommandTest {
    private static final Path DIGITS = CommandRun.digits("digits.onnx");

    @Test
    void triesTheSameCopiesAgain() {
        var first = CommandRun.of("fuzz", DIGITS, "--count", 40, "--first", 100);
        assertThat(CommandRun.of("fuzz", DIGITS, "--count", 40, "--first", 100)).isEqualTo(first);
    }

    @Test
    void refusesALimitOfNothing() {
        var run = CommandRun.of("fuzz", DIGITS, "--count", 1, "--limit", 0);
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--limit");
    }

    @Test
    void wantsModels(@TempDir Path folder) {
        var missing = CommandRun.of("fuzz", folder.resolve("none"));
        assertThat(missing.status()).isEqualTo(6);
        assertThat(missing.err()).contains("does not exist").hasLineCount(1);

        var empty = CommandRun.of("fuzz", folder);
        assertThat(empty.status()).isEqualTo(6);
        assertThat(empty.err()).contains("no models in").hasLineCount(1);
    }
}
