package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.InternalException;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which values are handed on in parts; the kernels are made up.
class PartsHandoverTest {
    private static final Set<Integer> BOTH = Set.of(0, 1);

    private final GraphBuilder builder = new GraphBuilder("g");
    private final Value x = builder.input("x", TensorType.of(DataType.FLOAT32, Shape.of(2, 32)));
    /// By what a node makes, which of its kernel's operands may be in parts; none for those without a kernel.
    private final Map<Value, Set<Integer>> able = new HashMap<>();

    private Value relu(Value input, Set<Integer> takesParts) {
        var made = builder.add(new Relu(), input);
        able.put(made, takesParts);
        return made;
    }

    private Value sum(Value left, Value right, Set<Integer> takesParts) {
        var made = builder.add(new Add(), left, right);
        able.put(made, takesParts);
        return made;
    }

    /// For each value, which operands of the kernel that makes it are in parts, as its reason says.
    private Map<Value, String> inParts(Value... outputs) {
        var graph = builder.build(List.of(outputs));
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        for (var node : graph.nodes()) {
            var takesParts = Optional.ofNullable(able.get(node.output(0)));
            choices.put(node, takesParts.map(operands -> choice(node, operands, "")));
        }
        var found = new HashMap<Value, String>();
        PartsHandover.of(graph, choices)
                .forEach((node, choice) -> found.put(
                        node.output(0), choice.map(KernelChoice::reason).orElse("no kernel")));
        return found;
    }

    private static KernelChoice choice(Node node, Set<Integer> takesParts, String reason) {
        var operands = new ArrayList<>(node.inputs());
        operands.add(node.output(0));
        return new KernelChoice(
                "kernel",
                reason,
                operands,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                () -> {
                    throw new InternalException("a kernel that is made up has no work");
                },
                new KernelChoice.Variants() {
                    @Override
                    public Set<Integer> takesParts() {
                        return takesParts;
                    }

                    @Override
                    public KernelChoice inParts(Set<Integer> parts) {
                        return choice(node, takesParts, new TreeSet<>(parts).toString());
                    }
                });
    }

    @Test
    void whatAllReadersTakeApartIsHandedOnSo() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        var c = relu(a, Set.of(0));
        var d = sum(b, c, Set.of(0));
        assertThat(inParts(d)).isEqualTo(Map.of(a, "[1]", b, "[0, 1]", c, "[0]", d, "[0]"));
    }

    @Test
    void residualsStayFloats() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        var c = sum(b, a, Set.of(0, 2));
        assertThat(inParts(c)).isEqualTo(Map.of(a, "", b, "[1]", c, "[0]"));
    }

    @Test
    void whatIsReadTwiceByOneNodeStaysFloats() {
        var a = relu(x, BOTH);
        var b = sum(a, a, Set.of(0));
        assertThat(inParts(b)).isEqualTo(Map.of(a, "", b, ""));
    }

    @Test
    void inputsAndOutputsOfTheGraphStayFloats() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        assertThat(inParts(a, b)).isEqualTo(Map.of(a, "", b, ""));
    }

    @Test
    void whatPlainDefinitionsReadStaysFloats() {
        var a = relu(x, BOTH);
        var b = builder.add(new Relu(), a);
        var c = relu(b, BOTH);
        assertThat(inParts(c)).isEqualTo(Map.of(a, "", b, "no kernel", c, ""));
    }
}
