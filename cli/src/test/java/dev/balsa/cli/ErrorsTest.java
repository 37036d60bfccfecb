package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorsTest {
    @TempDir
    private Path folder;

    private static void assertOneLine(CommandRun run, int status, String... parts) {
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.err().lines()).hasSize(status == ExitCode.USAGE ? 2 : 1);
        assertThat(run.err()).contains(parts).doesNotContain("\tat ");
    }

    @Test
    void missingModel() {
        assertOneLine(CommandRun.of("run", folder.resolve("none.onnx")), 6, "none.onnx", "does not exist");
    }

    @Test
    void truncatedModel() throws IOException {
        var bytes = Files.readAllBytes(CommandRun.digits("digits.onnx"));
        var cut = folder.resolve("cut.onnx");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        assertOneLine(CommandRun.of("inspect", cut), 3, "balsa inspect: ", "cut.onnx");
    }

    @Test
    void wrongShape() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--shape", "image=1x1x27x28");
        assertOneLine(run, 5, "image", "1x1x27x28");
    }

    @Test
    void unknownInput() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--input", "picture=x.npy");
        assertOneLine(run, 2, "picture=x.npy", "[image]", "--help");
    }

    @Test
    void unknownSymbol() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--shape", "sequence=12");
        assertOneLine(run, 2, "sequence", "batch");
    }

    @Test
    void missingInputFile() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--input", "image=none.png");
        assertOneLine(run, 6, "none.png", "image");
    }

    @Test
    void inputThatIsNoPicture() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--input", CommandRun.digits("README.md"));
        assertOneLine(run, 3, "README.md", "png");
    }

    @Test
    void unknownCommandIsGuessed() {
        var run = CommandRun.of("inspekt");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("inspekt").contains("inspect");
    }

    @Test
    void unknownLevel() {
        assertOneLine(
                CommandRun.of("run", CommandRun.digits("digits.onnx"), "--isa", "mmx"), 2, "mmx", "portable, avx2");
    }

    @Test
    void verboseShowsWhere() {
        var run = CommandRun.of("run", folder.resolve("none.onnx"), "--verbose");
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.err()).contains("\tat dev.balsa");
    }

    @Test
    void everyCommandHasHelp() {
        for (var command : BalsaCommand.commandLine().getSubcommands().keySet()) {
            var run = CommandRun.of(command, "--help");
            assertThat(run.status()).as(command).isZero();
            assertThat(run.out()).as(command).contains("Usage: balsa " + command);
        }
        assertThat(CommandRun.of("--help").out()).contains("MODEL_FORMAT").contains("conformance");
    }
}
