package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Tuning;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneCommandTest {
    private static final Path DIGITS = CommandRun.digits("digits.onnx");

    @Test
    void measuresAndSaysWhereTimesAreKept() {
        var run = CommandRun.of("tune", DIGITS, "--threads", 1);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("digits.onnx: steps that several kernels can do");
        assertThat(run.lastLine())
                .isEqualTo("times are kept in " + Tuning.file().orElseThrow());
        // What is measured once is known afterwards.
        assertThat(CommandRun.of("tune", DIGITS, "--threads", 1).out()).doesNotContain("measured");
        assertThat(CommandRun.of("inspect", DIGITS, "--plan", "--threads", 1, "--tuning", "off")
                        .out())
                .doesNotContain("cached", "measured");
    }

    @Test
    void printsOneLineIfThatIsEnough() {
        assertThat(CommandRun.of("tune", DIGITS, "--threads", 1, "--quiet").out())
                .hasLineCount(1);
    }

    @Test
    void needsAModel(@TempDir Path folder) {
        assertThat(CommandRun.of("tune").status()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("tune", folder.resolve("none.onnx")).status()).isEqualTo(6);
    }
}
