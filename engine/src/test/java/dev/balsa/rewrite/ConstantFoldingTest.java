package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Floor;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sin;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.view.Identity;
import dev.balsa.plan.BothWays;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Constants that are computed together are those that the plain definitions give node by node.
class ConstantFoldingTest {
    private static final int NODES = 60;
    /// No difference is as small; the signs of what is no number do not matter.
    private static final double EXACT = 1e-300;

    private final Map<Value, Tensor> constants = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    static List<Long> seeds() {
        return Seeds.some(20);
    }

    private Value constant(String name, Tensor tensor) {
        var value = new Value(name, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    private Value apply(Op op, TensorType type, Value... inputs) {
        var output = new Value("v" + nodes.size(), type);
        nodes.add(new Node("n" + nodes.size(), op, List.of(inputs), List.of(output)));
        return output;
    }

    private Graph graph(List<Value> outputs) {
        return new Graph("g", List.of(), constants, nodes, outputs);
    }

    private static Graph folded(Graph graph, int threads) {
        return new ConstantFolding(false, threads).apply(graph, PatchBudget.unlimited());
    }

    private static void assertFolded(Graph graph, String replay) {
        var expected = Interpreter.run(graph, List.of());
        for (int threads = 1; threads <= 3; threads++) {
            var after = folded(graph, threads);
            assertThat(after.nodes()).as(replay).isEmpty();
            for (int i = 0; i < expected.size(); i++) {
                var found = after.constant(after.outputs().get(i)).orElseThrow();
                BothWays.same(replay + ", output " + i, found, expected.get(i), EXACT);
            }
        }
    }

    /// Long enough for several threads, and no multiple of anything.
    private static Shape length(Random random) {
        return random.nextBoolean() ? Shape.of(100_003) : Shape.of(1, 1 + random.nextInt(3000), 1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void chainsGiveWhatTheirNodesDo(long seed) {
        var random = new Random(seed);
        var shape = length(random);
        var wide = TensorType.of(DataType.FLOAT64, shape);
        var narrow = TensorType.of(DataType.FLOAT32, shape);
        var wides = new ArrayList<Value>();
        var narrows = new ArrayList<Value>();
        var number = constant("number", Tensor.of(new double[] {random.nextGaussian()}, 1));
        var small = constant("small", Tensor.of(new float[] {(float) random.nextGaussian()}, 1));
        wides.add(constant("wide", random(random, wide)));
        narrows.add(constant("narrow", random(random, narrow)));
        for (int i = 0; i < NODES; i++) {
            boolean isWide = random.nextBoolean();
            var type = isWide ? wide : narrow;
            var values = isWide ? wides : narrows;
            var a = any(random, values);
            var b = random.nextInt(3) == 0 ? isWide ? number : small : any(random, values);
            values.add(
                    switch (random.nextInt(9)) {
                        case 0 -> apply(new Add(), type, a, b);
                        case 1 -> apply(new Sub(), type, b, a);
                        case 2 -> apply(new Mul(), type, a, b);
                        case 3 -> apply(new Div(), type, b, a);
                        case 4 -> apply(new Sin(), type, a);
                        case 5 -> apply(new Floor(), type, a);
                        case 6 -> apply(new Exp(), type, a);
                        case 7 -> apply(new Identity(), type, a);
                        default -> apply(new Cast(type.dtype()), type, any(random, isWide ? narrows : wides));
                    });
        }
        var outputs = List.of(any(random, wides), any(random, narrows), wides.getLast(), narrows.getLast());
        assertFolded(graph(outputs.stream().distinct().toList()), "-Dbalsa.seed=" + seed);
    }

    private static Value any(Random random, List<Value> values) {
        return values.get(values.size() - 1 - random.nextInt(Math.min(4, values.size())));
    }

    private static Tensor random(Random random, TensorType type) {
        var tensor = Tensor.allocate(type.dtype(), type.shape().known().orElseThrow());
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
        return tensor;
    }

    @Test
    void rangesBeginChains() {
        for (var type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
            var ends = new ArrayList<Value>();
            for (double end : new double[] {-0.3, 70_000.1, 0.07}) {
                var tensor = Tensor.allocate(type, Shape.scalar());
                tensor.setDouble(0, end);
                ends.add(constant(type + " " + end, tensor));
            }
            var whole = TensorType.of(type, 1_000_006);
            var range = apply(new Range(), whole, ends.get(0), ends.get(1), ends.get(2));
            nodes.add(new Node("", new Sin(), List.of(range), List.of(new Value("sines of " + type, whole))));
        }
        assertFolded(graph(nodes.stream().map(node -> node.output(0)).toList()), "ranges");
    }

    @Test
    void chainsOfAnyLengthAreFolded() {
        var type = TensorType.of(DataType.FLOAT64, 2000);
        var value = constant("start", random(new Random(1), type));
        for (int i = 0; i < 500; i++) {
            value = apply(new Sin(), type, apply(new Add(), type, value, value));
        }
        assertFolded(graph(List.of(value)), "long chain");
    }

    @Test
    void aSingleElementOfHigherRankShapesTheResult() {
        var line = constant("line", random(new Random(1), TensorType.of(DataType.FLOAT32, 2000)));
        var one = constant("one", Tensor.of(new float[] {0.5f}, 1, 1, 1));
        assertFolded(
                graph(List.of(apply(new Add(), TensorType.of(DataType.FLOAT32, 1, 1, 2000), line, one))),
                "higher rank");
    }

    @Test
    void whatNobodyReadsAnyMoreIsNotKept() {
        var type = TensorType.of(DataType.FLOAT64, 5000);
        var start = constant("start", random(new Random(1), type));
        var between = apply(new Sin(), type, start);
        var end = apply(new Sub(), type, between, apply(new Floor(), type, between));
        assertThat(folded(graph(List.of(end)), 2).constants().keySet()).containsExactly(end);
    }
}
