package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Isa;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.attention.ScoreStage;
import dev.balsa.ir.fusion.ViewedAttention;
import dev.balsa.ir.text.GraphText;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Attention in planned graphs, compared with its plain definition.
class AttentionLoweringTest {
    private static final double TOLERANCE = 2e-5;
    private static final int COUNTS = 6;

    static IntStream seeds() {
        return IntStream.range(0, 80);
    }

    /// A random operator with its inputs.
    private record Case(Attention op, List<Optional<Tensor>> inputs, List<String> outputs) {
        static Case random(Random random) {
            int batch = 1 + random.nextInt(3);
            int heads = 1 + random.nextInt(3);
            int group = 1 + random.nextInt(3);
            int queries = 1 + random.nextInt(random.nextBoolean() ? 3 : 40);
            int added = 1 + random.nextInt(random.nextBoolean() ? 5 : 50);
            int size = 1 + random.nextInt(20);
            int valueSize = 1 + random.nextInt(20);
            boolean hasPast = random.nextInt(3) == 0;
            int past = hasPast ? random.nextInt(9) : 0;
            var inputs = new ArrayList<Optional<Tensor>>();
            inputs.add(Optional.of(heads(random, batch, heads * group, queries, size)));
            inputs.add(Optional.of(heads(random, batch, heads, added, size)));
            inputs.add(Optional.of(heads(random, batch, heads, added, valueSize)));
            inputs.add(mask(random, batch, heads * group, queries, past + added));
            if (hasPast) {
                inputs.add(Optional.of(floats(random, batch, heads, past, size)));
                inputs.add(Optional.of(floats(random, batch, heads, past, valueSize)));
            }
            if (random.nextInt(3) == 0) {
                var counts = Tensor.allocate(DataType.INT64, Shape.of(batch));
                for (int i = 0; i < batch; i++) {
                    counts.setLong(i, random.nextInt(past + added + 1));
                }
                while (inputs.size() < COUNTS) {
                    inputs.add(Optional.empty());
                }
                inputs.add(Optional.of(counts));
            }
            var op = new Attention(
                    heads * group,
                    heads,
                    random.nextBoolean() ? Optional.empty() : Optional.of(0.3f),
                    random.nextBoolean(),
                    random.nextInt(4) == 0 ? 2 : 0,
                    ScoreStage.MASKED);
            var names = List.of("y", "present_key", "present_value", "scores");
            return new Case(op, inputs, names.subList(0, 1 + random.nextInt(names.size())));
        }

        private static Tensor floats(Random random, long... dims) {
            return Tensor.of(Trials.floats(random, Shape.of(dims).size()), dims);
        }

        private static Tensor heads(Random random, int batch, int heads, int length, int size) {
            return random.nextBoolean()
                    ? floats(random, batch, heads, length, size)
                    : floats(random, batch, length, (long) heads * size);
        }

        private static Optional<Tensor> mask(Random random, int batch, int heads, int queries, int keys) {
            int kind = random.nextInt(3);
            if (kind == 0) {
                return Optional.empty();
            }
            var dims = new ArrayList<Long>(List.of(
                    random.nextBoolean() ? batch : 1L,
                    random.nextBoolean() ? heads : 1L,
                    random.nextBoolean() ? queries : 1L,
                    random.nextInt(4) == 0 ? 1L + random.nextInt(keys) : keys));
            var shape = Shape.of(dims.subList(random.nextInt(4), 4));
            var mask = Tensor.allocate(kind == 1 ? DataType.BOOL : DataType.FLOAT32, shape);
            for (long i = 0; i < mask.size(); i++) {
                boolean hides = random.nextInt(3) == 0;
                mask.setDouble(i, kind == 1 ? hides ? 0 : 1 : hides ? Double.NEGATIVE_INFINITY : random.nextGaussian());
            }
            return Optional.of(mask);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesWhatTheDefinitionDoes(int seed) {
        var one = Case.random(new Random(seed));
        var builder = new GraphBuilder("attention");
        var operands = new ArrayList<Value>();
        for (int i = 0; i < one.inputs().size(); i++) {
            var name = "i" + i;
            operands.add(one.inputs()
                    .get(i)
                    .map(tensor -> builder.input(name, TensorType.of(tensor)))
                    .orElse(Value.NONE));
        }
        var graph = builder.build(builder.add("attention", one.op(), operands, one.outputs()));
        var tensors = one.inputs().stream().flatMap(Optional::stream).toList();
        BothWays.compare(graph, List.of(tensors), 2, TOLERANCE);
    }

    @Test
    void hasKernelsForCountsOfKeys() {
        assumeTrue(CodeTrial.levels().anyMatch(isa -> !CodeTrial.emulates(isa)), "no machine code on this processor");
        var graph = GraphText.parse("""
                graph "g" (%q: f32[2,1,32], %k: f32[2,4,7,4], %v: f32[2,4,7,4], %n: i64[2]) {
                  %y: f32[2,1,32] = Attention {queryHeads=8, heads=0, scale=none, causal=true, cap=0.0, stage=PRODUCTS} (%q, %k, %v, _, _, _, %n)
                  return %y
                }
                """);
        var random = new Random(1);
        var inputs = List.of(
                Case.floats(random, 2, 1, 32),
                Case.floats(random, 2, 4, 7, 4),
                Case.floats(random, 2, 4, 7, 4),
                Tensor.of(new long[] {7, 3}, 2));
        try (var arena = Arena.ofConfined()) {
            var context = BothWays.context(Isa.best(), Precision.FAST, new ModelConstants(arena));
            assertThat(new CompiledGraph(graph, context).program(inputs).steps())
                    .anyMatch(step -> step.info().kernel().contains("attention"));
        }
        BothWays.compare(graph, List.of(inputs), 2, TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FuseAttention", "FuseAttention-parts", "FuseAttention-groups", "FuseAttention-not"})
    void runsWhatIsFused(String name) throws IOException {
        var graph = GraphText.parse(text("/dev/balsa/rewrite/" + name + ".before.ir"));
        var random = new Random(1);
        var inputs = graph.inputs().stream()
                .map(input -> tensor(random, input.type()))
                .toList();
        BothWays.compare(graph, List.of(inputs), 2, TOLERANCE);
        if (MachineCode.isPossible() && !name.endsWith("not")) {
            var types = graph.inputs().stream().map(Value::type).toList();
            var specialized = Specializer.specialize(graph, types).now();
            var fused = Pipelines.whenShaped(
                            op -> AttentionLowering.isFast(op, Isa.AVX2), (_, _) -> false, ChainsForTests.ACCEPTANCE)
                    .run(specialized);
            assertThat(fused.nodes()).anyMatch(node -> node.op() instanceof ViewedAttention);
        }
    }

    private static String text(String name) throws IOException {
        try (var in = AttentionLoweringTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Tensor tensor(Random random, TensorType type) {
        var tensor = Tensor.allocate(type.dtype(), type.shape().known().orElseThrow());
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, type.dtype() == DataType.BOOL ? random.nextInt(2) : random.nextGaussian());
        }
        return tensor;
    }
}
