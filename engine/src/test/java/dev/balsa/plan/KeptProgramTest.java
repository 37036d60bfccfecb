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
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Programs that were kept give what those give that were made here, when all that these refer to is gone.
class KeptProgramTest {
    private static final long ALIGNMENT = 64;
    private static final Offset<Double> CLOSE = Offset.offset(1e-6);

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
            content = content(program, constants, context);
        }
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(workers, "test")) {
            var found = read(content, constants, BothWays.context(isa, Precision.FAST, constants));
            compare(outputs(stream, found, inputs), expected);
            // Once more: counts and marks of the first time must be gone.
            compare(outputs(stream, found, inputs), expected);
            assertThat(KeptProgram.hasNewOnes(found)).isFalse();
        }
    }

    private static Program read(MemorySegment content, ModelConstants constants, PlanContext context) {
        return KeptProgram.read(content, MemorySegment.NULL, constants, context)
                .program()
                .orElseThrow();
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

    private static MemorySegment content(Program program, ModelConstants constants, PlanContext context)
            throws NotKeptException {
        var parts = new KeptProgram(List.of(), List.of(), Optional.of(program))
                .captured(constants, 2)
                .parts(MemorySegment.NULL, constants, context);
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

    /// A stage whose shapes follow from values, and branches in it.
    @Test
    void whatRunsInsideIsKeptAsFarAsItWasPlanned() throws NotKeptException {
        var exp = "graph \"exp\" (%x: f32[?]) { %y: f32[?] = Exp (%x) return %y }";
        var neg = "graph \"neg\" (%x: f32[?]) { %y: f32[?] = Neg (%x) %z: f32[?] = Tanh (%y) return %z }";
        var graph = GraphText.parse("graph \"g\" (%q: bool[], %x: f32[4], %k: bool[4]) {"
                + " %some: f32[?] = Compress {axis=none} (%x, %k)"
                + " %e: f32[?] = If {thenBranch=" + exp + ", elseBranch=" + neg + "} (%q, %some)"
                + " %y: f32[?] = Tanh (%e) return %y }");
        var first = process((constants, context, stream) -> {
            var program = new CompiledGraph(graph, context).programFor(shapes(inputs(true, true)));
            assertThat(KeptProgram.hasNewOnes(program)).isFalse();
            check(stream, program, inputs(true, true));
            assertThat(KeptProgram.hasNewOnes(program)).isTrue();
            return program;
        });
        var second = process((constants, context, stream) -> {
            var program = read(first, constants, context);
            check(stream, program, inputs(true, true));
            assertThat(KeptProgram.hasNewOnes(program)).isFalse();
            check(stream, program, inputs(false, true));
            assertThat(KeptProgram.hasNewOnes(program)).as("another branch").isTrue();
            return program;
        });
        process((constants, context, stream) -> {
            var program = read(second, constants, context);
            check(stream, program, inputs(true, true));
            check(stream, program, inputs(false, true));
            assertThat(KeptProgram.hasNewOnes(program)).isFalse();
            check(stream, program, inputs(false, false));
            assertThat(KeptProgram.hasNewOnes(program)).as("another shape").isTrue();
            return program;
        });
    }

    private interface Process {
        Program run(ModelConstants constants, PlanContext context, Stream stream);
    }

    /// What a process leaves of the program that it ran.
    private static MemorySegment process(Process process) throws NotKeptException {
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena);
                var stream = new Stream(1, "test")) {
            var context = BothWays.context(Isa.best(), Precision.FAST, constants);
            return content(process.run(constants, context, stream), constants, context);
        }
    }

    private static List<Tensor> inputs(boolean isThen, boolean takesAll) {
        return List.of(
                Tensor.of(new boolean[] {isThen}, 1).reshaped(Shape.scalar()),
                Tensor.of(new float[] {1, 2, 3, 4}, 4),
                Tensor.of(new boolean[] {true, takesAll, true, true}, 4));
    }

    private static List<Shape> shapes(List<Tensor> inputs) {
        return inputs.stream().map(Tensor::shape).toList();
    }

    private static void check(Stream stream, Program program, List<Tensor> inputs) {
        var found = outputs(stream, program, inputs).getFirst();
        boolean isThen = inputs.getFirst().getBoolean(0);
        int at = 0;
        for (int i = 0; i < inputs.get(1).size(); i++) {
            if (inputs.get(2).getBoolean(i)) {
                double x = inputs.get(1).getFloat(i);
                assertThat(found.getDouble(at++)).isCloseTo(Math.tanh(isThen ? Math.exp(x) : Math.tanh(-x)), CLOSE);
            }
        }
        assertThat(found.size()).isEqualTo(at);
    }
}
