package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.asm.emulator.EmulatedCode;
import dev.balsa.asm.emulator.PermittedMemory;
import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Machine;
import dev.balsa.plan.choice.Tuner;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs graphs as planned programs and by the plain definitions, and compares.
public final class BothWays {
    /// A machine with caches so small, and a shared one so slow, that even small images are made depth first.
    private static final Machine SMALL = new Machine(
            1e11,
            1e6,
            1e9,
            1e9,
            new Caches(
                    List.of(
                            new Cache(1, Cache.Kind.DATA, 4 << 10, 64, 8, 1),
                            new Cache(2, Cache.Kind.UNIFIED, 48 << 10, 64, 8, 1)),
                    false),
            1);

    private BothWays() {}

    /// What all programs of a test's graph share; packed weights live in `arena`.
    public static PlanContext context(Arena arena) {
        return context(Isa.PORTABLE, Precision.FAST, new ModelConstants(arena));
    }

    static PlanContext context(Isa isa, Precision precision, ModelConstants constants) {
        return new PlanContext(isa, precision, constants, Long.MAX_VALUE, 2, SMALL, Tuner.OFF, false);
    }

    /// Asserts that the rewritten and planned graph gives what the plain definitions do, for each set of inputs in
    /// turn in the same memory; on the portable level and on every other that code is written for, emulated where
    /// this processor lacks it.
    ///
    /// @param tolerance how far floats may be off, relative to the largest of the output (1 if that is smaller); 0
    ///     asks for the same bits, and for exact kernels
    /// @return the names of the portable kernels that ran, of the last run
    public static List<String> compare(Graph graph, List<List<Tensor>> runs, int threads, double tolerance) {
        var expected =
                runs.stream().map(inputs -> Interpreter.run(graph, inputs)).toList();
        CodeTrial.levels().forEach(isa -> compare(isa, graph, runs, expected, threads, tolerance));
        return compare(Isa.PORTABLE, graph, runs, expected, threads, tolerance);
    }

    private static List<String> compare(
            Isa isa, Graph graph, List<List<Tensor>> runs, List<List<Tensor>> expected, int threads, double tolerance) {
        var kernels = new ArrayList<String>();
        try (var arena = Arena.ofShared();
                var constants = constants(arena, isa);
                var stream = new Stream(threads, "test")) {
            var precision = tolerance == 0 ? Precision.EXACT : Precision.FAST;
            var compiled = new CompiledGraph(Pipelines.whenLoaded().run(graph), context(isa, precision, constants));
            stream.listen((step, _, _, _) -> kernels.add(step.kernel()));
            for (int run = 0; run < runs.size(); run++) {
                kernels.clear();
                var inputs = runs.get(run);
                var copies = inputs.stream().map(BothWays::copy).toList();
                var results = stream.run(compiled.program(inputs), inputs);
                for (int i = 0; i < results.tensors().size(); i++) {
                    var found = results.tensors().get(i);
                    same(isa.label() + ", output " + i, found, expected.get(run).get(i), tolerance);
                }
                for (int i = 0; i < inputs.size(); i++) {
                    assertThat(inputs.get(i).contentEquals(copies.get(i)))
                            .as("input %d is unchanged", i)
                            .isTrue();
                }
                results.release().run();
            }
        }
        return kernels;
    }

    /// Constants whose code is emulated if this processor lacks something for the level.
    static ModelConstants constants(Arena arena, Isa isa) {
        return CodeTrial.emulates(isa)
                ? new ModelConstants(
                        arena, Optional.empty(), bytes -> EmulatedCode.of(bytes, PermittedMemory.everything()))
                : new ModelConstants(arena);
    }

    /// The outputs of a graph run as a planned program.
    public static List<Tensor> run(Graph graph, List<Tensor> inputs) {
        try (var arena = Arena.ofShared();
                var stream = new Stream(1, "test")) {
            var compiled = new CompiledGraph(Pipelines.whenLoaded().run(graph), context(arena));
            return stream.run(compiled.program(inputs), inputs).tensors().stream()
                    .map(BothWays::copy)
                    .toList();
        }
    }

    /// A tensor of the same contents in memory of its own.
    public static Tensor copy(Tensor tensor) {
        var copy = Tensor.allocate(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    /// Asserts that two tensors are the same within a tolerance.
    public static void same(String what, Tensor found, Tensor expected, double tolerance) {
        assertThat(found).as(what).hasToString(expected.toString());
        if (tolerance == 0 || !isNumber(expected.type())) {
            assertThat(found.contentEquals(expected))
                    .as("%s has the same bits", what)
                    .isTrue();
            return;
        }
        double largest = 1;
        for (long i = 0; i < expected.size(); i++) {
            double value = Math.abs(expected.getDouble(i));
            largest = value <= Float.MAX_VALUE ? Math.max(largest, value) : largest;
        }
        for (long i = 0; i < expected.size(); i++) {
            double wanted = expected.getDouble(i);
            double got = found.getDouble(i);
            boolean near = Double.compare(wanted, got) == 0 || Math.abs(wanted - got) <= tolerance * largest;
            if (!near) {
                assertThat(got).as("%s, element %d of %s", what, i, expected).isEqualTo(wanted);
            }
        }
    }

    private static boolean isNumber(DataType type) {
        return type.isFloat();
    }
}
