package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonNodeMapper;
import io.avaje.json.node.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
    private static final Path DIGITS = CommandRun.digits("digits.onnx");

    @Test
    void listsStepsKernelsAndTheRun() {
        var run = profile();
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.OK);
        // Four steps, and a line for each kind, which kernels tell apart.
        assertThat(run.out().lines().filter(line -> line.contains("Conv+Relu"))).hasSizeBetween(5, 6);
        assertThat(run.out().lines().filter(line -> line.endsWith("/dense/Gemm")))
                .hasSize(1);
        assertThat(run.out())
                .containsPattern("\n[89] steps, [\\d.]+ ms, 7.41 M FLOP, [\\d.]+ % of the roofs? of .*FLOP/s\\); "
                        + ".*B, [\\d.]+ % of the .*B/s of memory\n$");
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
    void tellsTheSharesOfRoofs() {
        var document = JsonNodeMapper.builder()
                .build()
                .fromJsonObject(profile("--json", "-").out());
        assertThat(document.extract("roof_gb_per_s", 0.0)).isPositive();
        var first =
                ((JsonArray) document.extractNode("steps")).stream().findFirst().orElseThrow();
        var roofs = (JsonObject) document.extractNode("roofs_gflops");
        assertThat(roofs.extract(first.extract("roof"), 0.0)).isPositive();
        assertThat(first.extract("roof_share", 0.0)).isPositive();
        assertThat(first.extract("memory_share", 0.0)).isPositive();
    }

    @Test
    void drawsBothPictures(@TempDir Path folder) throws IOException {
        var roofline = folder.resolve("roofline.png");
        var timeline = folder.resolve("timeline");
        var run = profile("--roofline", roofline, "--timeline", timeline);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.OK);
        assertThat(ImageIO.read(roofline.toFile()).getWidth()).isEqualTo(2400);
        assertThat(ImageIO.read(roofline.toFile()).getHeight()).isEqualTo(1600);
        assertThat(ImageIO.read(timeline.toFile()).getWidth()).isEqualTo(2800);
    }

    @Test
    void saysWhyAPictureCannotBeWritten(@TempDir Path folder) {
        var file = folder.resolve("missing").resolve("roofline.png");
        var run = profile("--roofline", file);
        assertThat(run.status()).isNotEqualTo(ExitCode.OK);
        assertThat(run.err())
                .contains("picture " + file + ": cannot be written; expected a folder that exists")
                .contains("found no folder " + file.getParent() + "; make the folder, or name another file");
        assertThat(profile("--timeline", folder).err()).contains("picture " + folder + ": cannot be written");
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
