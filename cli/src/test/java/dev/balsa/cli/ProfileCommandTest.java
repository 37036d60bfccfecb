package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonNodeMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
    private static final Path DIGITS = CommandRun.digits("digits.onnx");

    @Test
    void listsStepsKernelsAndTheRun() {
        var run = profile();
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().filter(line -> line.contains("Conv+Relu"))).hasSize(5);
        assertThat(run.out().lines().filter(line -> line.endsWith("/dense/Gemm")))
                .hasSize(1);
        assertThat(run.out())
                .containsPattern("\n[89] steps, [\\d.]+ ms, 7.41 M FLOP, [\\d.]+ % of a roof of .*FLOP/s\n$");
    }

    @Test
    void listsOnlyTheLongestSteps() {
        assertThat(profile("--top", 2).out().lines().takeWhile(line -> !line.isEmpty()))
                .hasSize(3);
    }

    @Test
    void writesATrace(@TempDir Path folder) {
        var file = folder.resolve("trace.json");
        assertThat(profile("--trace", file).status()).isEqualTo(ExitCode.OK);
        var events = (JsonArray) CommandRun.json(file).extractNode("traceEvents");
        var steps =
                events.stream().filter(event -> event.extract("ph").equals("X")).toList();
        assertThat(steps).hasSizeBetween(8, 9).allSatisfy(step -> {
            assertThat(step.extract("ts", -1.0)).isNotNegative();
            assertThat(step.extract("dur", -1.0)).isPositive();
        });
        assertThat(steps.getFirst().extract("name")).isEqualTo("Conv+Relu /conv1/Conv");
    }

    @Test
    void writesNothingButJsonToStandardOutput() {
        var document =
                JsonNodeMapper.builder().build().fromJson(profile("--json", "-").out());
        assertThat(document.extract("flop", 0L)).isEqualTo(7_409_600);
        assertThat(((JsonArray) document.extractNode("steps")).size()).isBetween(8, 9);
    }

    @Test
    void refusesNegativeAmounts() {
        var run = profile("--top", -1);
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--top");
    }

    private static CommandRun profile(Object... more) {
        var arguments = new ArrayList<Object>(List.of("profile", DIGITS, "--runs", 3, "--warm-up", 0, "--threads", 1));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray());
    }
}
