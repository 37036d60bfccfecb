package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.json.node.JsonArray;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
    @TempDir
    private Path folder;

    @Test
    void listsStepsAndWritesATrace() {
        var trace = folder.resolve("trace.json");
        var json = folder.resolve("p.json");
        var run = CommandRun.of(
                "profile",
                CommandRun.digits("digits.onnx"),
                "--runs",
                2,
                "--warm-up",
                0,
                "--trace",
                trace,
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        var steps = ((JsonArray) CommandRun.json(json).find("steps")).elements();
        var events = ((JsonArray) CommandRun.json(trace).find("traceEvents")).elements();
        assertThat(events).hasSameSizeAs(steps);
        assertThat(run.lastLine()).startsWith(steps.size() + " steps, ");
        assertThat(run.out().lines().filter(line -> line.startsWith("/conv"))).hasSize(4);
        assertThat(CommandRun.of("profile", CommandRun.digits("digits.onnx"), "--warm-up", 0, "--top", 2).out())
                .contains("/conv");
    }
}
