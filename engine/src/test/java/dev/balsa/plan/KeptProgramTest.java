package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.text.GraphText;
import dev.balsa.kept.NotKeptException;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Program;
import dev.balsa.run.Stream;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Programs that were kept give what those give that were made here, when all that these refer to is gone.
class KeptProgramTest {
    private static final long ALIGNMENT = 64;

    static List<Long> seeds() {
        return Seeds.some(10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameBits(long seed) {
        var levels = new ArrayList<>(List.of(Isa.PORTABLE));
        CodeTrial.levels().filter(isa -> !CodeTrial.emulates(isa)).forEach(levels::add);
        levels.forEach(isa -> {
            var graph = RandomGraph.of(seed, 30, false);
            try {
                compare(graph, RandomGraph.inputs(graph, seed), isa, 1 + (int) Math.floorMod(seed, 3L));
            } catch (AssertionError | RuntimeException | NotKeptException e) {
                throw new AssertionError(
                        "-Dbalsa.seed=" + seed + ": " + e.getMessage() + "\n" + GraphText.brief(graph), e);
            }
        });
    }

    private static void compare(Graph graph, List<Tensor> inputs, Isa isa, int workers) throws NotKeptException {
        List<Tensor> expected;
        MemorySegment content;
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(workers, "test")) {
            var context = BothWays.context(isa, Precision.FAST, constants);
            var program = new CompiledGraph(Pipelines.whenLoaded().run(graph), context).program(inputs);
            expected = outputs(stream, program, inputs);
            compare(outputs(stream, ProgramCapture.of(program, constants, 2), inputs), expected);
            content = content(program, constants);
        }
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(workers, "test")) {
            var kept = KeptProgram.read(content, MemorySegment.NULL, constants);
            var found = outputs(stream, kept.program().orElseThrow(), inputs);
            compare(found, expected);
            // Once more: counts and marks of the first time must be gone.
            compare(outputs(stream, kept.program().orElseThrow(), inputs), expected);
        }
    }

    private static void compare(List<Tensor> found, List<Tensor> expected) {
        for (int i = 0; i < expected.size(); i++) {
            BothWays.same("output " + i, found.get(i), expected.get(i), 0);
        }
    }

    private static List<Tensor> outputs(Stream stream, Program program, List<Tensor> inputs) {
        var results = stream.run(program, inputs);
        var copies = results.tensors().stream().map(BothWays::copy).toList();
        results.release().run();
        return copies;
    }

    private static MemorySegment content(Program program, ModelConstants constants) throws NotKeptException {
        var parts = new KeptProgram(List.of(), List.of(), Optional.of(program))
                .captured(constants, 2)
                .parts(MemorySegment.NULL, constants);
        long bytes =
                parts.stream().mapToLong(part -> part.byteSize() + ALIGNMENT).sum();
        var content = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        long at = 0;
        for (var part : parts) {
            MemorySegment.copy(part, 0, content, at, part.byteSize());
            at = (at + part.byteSize() + ALIGNMENT - 1) & -ALIGNMENT;
        }
        return content;
    }

    @Test
    void stagesThatAreStillToBePlannedAreNotKept() {
        var graph = GraphText.parse("graph \"g\" (%x: f32[4], %k: bool[4]) {"
                + " %some: f32[?] = Compress {axis=none} (%x, %k) %y: f32[?] = Tanh (%some) return %y }");
        var inputs =
                List.of(Tensor.of(new float[] {1, 2, 3, 4}, 4), Tensor.of(new boolean[] {true, false, true, true}, 4));
        var thrown = new ArrayList<Throwable>();
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena)) {
            var context = BothWays.context(Isa.best(), Precision.FAST, constants);
            content(new CompiledGraph(graph, context).program(inputs), constants);
        } catch (NotKeptException e) {
            thrown.add(e);
        }
        assertThat(thrown).hasSize(1);
    }
}
