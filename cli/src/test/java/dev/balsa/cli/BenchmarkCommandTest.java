package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.PeakUnit;
import io.avaje.json.node.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkCommandTest {
    @TempDir
    private Path folder;

    @Test
    void writesEveryPromisedField() {
        var json = folder.resolve("b.json");
        var run = CommandRun.of(
                "benchmark",
                CommandRun.digits("digits.onnx"),
                "--seconds",
                "0.1",
                "--batch",
                2,
                "--threads",
                2,
                "--streams",
                2,
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        var result = CommandRun.json(json);
        assertThat(result.elements().keySet())
                .contains(
                        "model",
                        "batch",
                        "shapes",
                        "threads",
                        "streams",
                        "precision",
                        "isa",
                        "latency_ms",
                        "items_per_second",
                        "gflops",
                        "load_ms",
                        "first_run_ms",
                        "peers");
        assertThat(result.extract("batch", 0)).isEqualTo(2);
        assertThat(result.extract("threads", 0)).isEqualTo(2);
        assertThat(result.extract("streams", 0)).isEqualTo(2);
        assertThat(result.extract("shapes.image")).isEqualTo("2x1x28x28");
        assertThat(result.extract("latency_ms.median", 0.0))
                .isPositive()
                .isLessThanOrEqualTo(result.extract("latency_ms.p90", 0.0));
        assertThat(result.extract("latency_ms.p99", 0.0)).isGreaterThanOrEqualTo(result.extract("latency_ms.p90", 0.0));
        assertThat(result.extract("items_per_second", 0.0)).isPositive();
    }

    @Test
    void tellsTheRoofsAndWhichSharesAreOf() {
        var json = folder.resolve("b.json");
        var run = CommandRun.of(
                "benchmark", CommandRun.digits("digits.onnx"), "--seconds", "0.1", "--isa", "portable", "--json", json);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("measured roofs: f32 vectors ").contains(" % of the roof of f32 vectors; ");
        var result = CommandRun.json(json);
        assertThat(result.extract("roof")).isEqualTo("f32 vectors");
        var roofs = ((JsonObject) result.extractNode("roofs_gflops")).elements();
        for (var unit : PeakUnit.values()) {
            assertThat(roofs.containsKey(unit.label())).isEqualTo(unit.isIn(Cpu.current()));
        }
        assertThat(result.extract("roof_gflops", 0.0)).isPositive();
        assertThat(result.extract("gflops", 0.0) / result.extract("roof_gflops", 0.0))
                .isCloseTo(result.extract("roof_share", 0.0), withinPercentage(1e-6));
    }

    @Test
    void comparesWithOnnxRuntime() {
        var json = folder.resolve("b.json");
        var run = CommandRun.of(
                "benchmark",
                CommandRun.digits("digits.onnx"),
                "--seconds",
                "0.1",
                "--compare",
                "onnxruntime",
                "--json",
                json);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        var result = CommandRun.json(json);
        double ratio =
                result.extract("peers.onnxruntime.latency_ms.median", 0.0) / result.extract("latency_ms.median", 0.0);
        assertThat(result.extract("peers.onnxruntime.ratio", 0.0)).isCloseTo(ratio, withinPercentage(1e-6));
        assertThat(run.out()).contains("ratio ").contains("output logits: largest difference ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"balsa", "onnxruntime"})
    void tellsThePeakMemoryOfOneRuntime(String runtime) {
        var run = CommandRun.of("benchmark", CommandRun.digits("digits.onnx"), "--batch", 2, "--alone", runtime);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        // A JVM alone takes some tens of megabytes.
        assertThat(Double.parseDouble(run.out().strip())).isBetween(20.0, 20_000.0);
    }
}
