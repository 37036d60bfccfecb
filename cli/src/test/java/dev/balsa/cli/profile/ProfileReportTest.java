package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProfileReportTest {
    private static final PeakRates PEAK = new PeakRates(
            Map.of(PeakUnit.FLOAT_VECTORS, 100e9, PeakUnit.BFLOAT16_TILES, 1200e9, PeakUnit.BYTE_TILES, 2500e9), 20e9);

    @Test
    void holdsStepsAgainstTheRoofOfTheirUnit() {
        var vectors = new ProfileReport(MadeUpRun.small(), PEAK).json();
        assertThat(steps(vectors).stream().map(step -> step.extract("roof"))).containsOnly("f32 vectors");
        assertThat(shares(vectors)).containsExactly(0.4, 0.0, 0.02, 0.0);
        var tiles = new ProfileReport(MadeUpRun.ofTiles(), PEAK).json();
        assertThat(steps(tiles).stream().map(step -> step.extract("roof")))
                .containsExactly("bf16x3 tiles", "f32 vectors", "int8 tiles", "f32 vectors");
        assertThat(shares(tiles)).containsExactly(0.1, 0.0, 0.0008, 0.0);
    }

    @Test
    void holdsTheRunAgainstTheRoofsOfItsSteps() {
        var vectors = new ProfileReport(MadeUpRun.small(), PEAK).json();
        assertThat(vectors.extract("roof_share", 0.0)).isEqualTo(0.244, within(1e-9));
        assertThat(((JsonObject) vectors.extractNode("roofs_gflops")).elements())
                .containsOnlyKeys("f32 vectors");
        var tiles = new ProfileReport(MadeUpRun.ofTiles(), PEAK).json();
        // 600 ns and 1.6 ns of 10 us.
        assertThat(tiles.extract("roof_share", 0.0)).isEqualTo(0.06016, within(1e-9));
        assertThat(((JsonObject) tiles.extractNode("roofs_gflops")).elements())
                .containsOnlyKeys("bf16x3 tiles", "int8 tiles");
    }

    @Test
    void namesTheRoofs() {
        assertThat(text(MadeUpRun.small())).contains(", 24.4 % of the roof of f32 vectors (100 GFLOP/s); ");
        assertThat(text(MadeUpRun.ofTiles()))
                .contains(", 6.0 % of the roofs of bf16x3 tiles (400 GFLOP/s), int8 tiles (2.50 TFLOP/s); ");
        assertThat(text(ProfiledRun.of(List.of()))).contains(", 0.0 % of the roof of f32 vectors (100 GFLOP/s); ");
    }

    private static String text(ProfiledRun run) {
        var text = new StringWriter();
        new ProfileReport(run, PEAK).print(new PrintWriter(text), Optional.empty());
        return text.toString();
    }

    private static JsonArray steps(JsonObject report) {
        return (JsonArray) report.extractNode("steps");
    }

    private static List<Double> shares(JsonObject report) {
        return steps(report).stream()
                .map(step -> step.extract("roof_share", -1.0))
                .map(share -> Math.round(share * 1e9) / 1e9)
                .toList();
    }
}
