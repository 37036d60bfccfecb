package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.text.GraphText;
import dev.balsa.kept.KeptFiles;
import dev.balsa.run.Program;
import dev.balsa.run.Stream;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that run others, whose shapes only runs tell.
class KeptPlansTest {
    private static final long MOST_BYTES = 1L << 30;
    private static final Tensor INPUT = Tensor.of(new float[] {1, 2, 3, 4}, 4);
    private static final Tensor ALL = Tensor.of(new boolean[] {true, true, true, true}, 4);
    private static final Tensor SOME = Tensor.of(new boolean[] {true, false, false, true}, 4);
    private static final Tensor ONE = Tensor.of(new boolean[] {false, false, true, false}, 4);

    @TempDir
    private Path folder;

    @BeforeEach
    void onlyWhereProgramsCanBeKept() {
        assumeThat(KeptPlans.arePossible()).isTrue();
    }

    private interface Process {
        void run(KeptPlans plans, PlanContext context, Stream stream);
    }

    /// What a process does with the plans of the model.
    private void process(Process process) {
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(1, "test")) {
            var context = BothWays.context(Isa.best(), Precision.FAST, constants);
            var plans = new KeptPlans(
                    new KeptFiles(folder.resolve("plans"), MOST_BYTES),
                    "model",
                    MemorySegment.NULL,
                    constants,
                    context);
            process.run(plans, context, stream);
            plans.finish();
        }
    }

    private static float[] run(Stream stream, Program program, Tensor chosen) {
        var results = stream.run(program, List.of(INPUT, chosen));
        var values = results.tensors().getFirst().toFloatArray();
        results.release().run();
        return values;
    }

    @Test
    void whatIsPlannedInsideAfterwardsIsKeptAtTheEnd() {
        var graph = GraphText.parse("graph \"g\" (%x: f32[4], %k: bool[4]) {"
                + " %some: f32[?] = Compress {axis=none} (%x, %k) %y: f32[?] = Neg (%some) return %y }");
        process((plans, context, stream) -> {
            var program = new CompiledGraph(graph, context).program(List.of(INPUT, ALL));
            plans.keep(graph.inputs(), graph.outputs(), Optional.of(program), (_, _) -> {});
        });
        process((plans, _, stream) -> {
            var kept = plans.model().orElseThrow();
            assertThat(run(stream, kept.program().orElseThrow(), ALL)).containsExactly(-1, -2, -3, -4);
            assertThat(kept.hasNewOnes())
                    .as("nothing had run before it was kept")
                    .isTrue();
        });
        process((plans, _, stream) -> {
            var kept = plans.model().orElseThrow();
            assertThat(run(stream, kept.program().orElseThrow(), ALL)).containsExactly(-1, -2, -3, -4);
            assertThat(kept.hasNewOnes()).isFalse();
            assertThat(run(stream, kept.program().orElseThrow(), SOME)).containsExactly(-1, -4);
            assertThat(kept.hasNewOnes()).isTrue();
        });
        process((plans, _, stream) -> {
            var kept = plans.model().orElseThrow();
            assertThat(run(stream, kept.program().orElseThrow(), SOME)).containsExactly(-1, -4);
            assertThat(run(stream, kept.program().orElseThrow(), ALL)).containsExactly(-1, -2, -3, -4);
            assertThat(kept.hasNewOnes()).isFalse();
        });
        process((plans, _, stream) -> {
            var kept = plans.model().orElseThrow();
            assertThat(run(stream, kept.program().orElseThrow(), ONE)).containsExactly(-3);
            assertThat(kept.hasNewOnes()).isTrue();
        });
        process((plans, _, stream) -> {
            var kept = plans.model().orElseThrow();
            for (var chosen : List.of(ALL, SOME, ONE)) {
                run(stream, kept.program().orElseThrow(), chosen);
            }
            assertThat(kept.hasNewOnes())
                    .as("what a process had no use for stays")
                    .isFalse();
        });
    }
}
