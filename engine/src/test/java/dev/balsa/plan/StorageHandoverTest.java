package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.InternalException;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.kernel.Storage;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Which values are not stored as floats; the kernels are made up.
class StorageHandoverTest {
    private static final Set<Integer> BOTH = Set.of(0, 1);

    /// A kernel that is made up.
    ///
    /// @param takes which operands may be stored so, in sets
    /// @param wants which of them it wants so
    private record Ability(Set<Set<Integer>> takes, Set<Integer> wants) {
        /// Each operand by itself.
        static Ability of(Set<Integer> takes, Set<Integer> wants) {
            return new Ability(takes.stream().map(Set::of).collect(Collectors.toSet()), wants);
        }

        /// A factor of a product is wanted.
        static Ability product(Set<Integer> takes) {
            return of(takes, takes.contains(0) ? Set.of(0) : Set.of());
        }
    }

    private final GraphBuilder builder = new GraphBuilder("g");
    private final Value x = builder.input("x", TensorType.of(DataType.FLOAT32, Shape.of(2, 32)));
    /// By what a node makes, what its kernel can do; none for those without a kernel.
    private final Map<Value, Ability> able = new HashMap<>();

    private Value relu(Value input, Set<Integer> takes) {
        return relu(input, Ability.product(takes));
    }

    private Value relu(Value input, Ability ability) {
        var made = builder.add(new Relu(), input);
        able.put(made, ability);
        return made;
    }

    private Value sum(Value left, Value right, Set<Integer> takes) {
        return sum(left, right, Ability.product(takes));
    }

    private Value sum(Value left, Value right, Ability ability) {
        var made = builder.add(new Add(), left, right);
        able.put(made, ability);
        return made;
    }

    /// For each value, which operands of the kernel that makes it are stored so, as its reason says.
    private Map<Value, String> stored(Value... outputs) {
        var graph = builder.build(List.of(outputs));
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        for (var node : graph.nodes()) {
            var ability = Optional.ofNullable(able.get(node.output(0)));
            choices.put(node, ability.map(known -> choice(node, known, "")));
        }
        var found = new HashMap<Value, String>();
        var handover = StorageHandover.of(graph, choices, List.of(), Storage.PARTS);
        handover.choices()
                .forEach((node, choice) -> found.put(
                        node.output(0), choice.map(KernelChoice::reason).orElse("no kernel")));
        for (var node : graph.nodes()) {
            var output = node.output(0);
            boolean isWritten =
                    found.getOrDefault(output, "").endsWith(node.inputs().size() + "]");
            assertThat(handover.storage(output)).isEqualTo(isWritten ? Storage.PARTS : Storage.FLOATS);
        }
        return found;
    }

    private static KernelChoice choice(Node node, Ability ability, String reason) {
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
                    public Set<Set<Integer>> takes(Storage storage) {
                        return ability.takes;
                    }

                    @Override
                    public Set<Integer> wants(Storage storage) {
                        return ability.wants;
                    }

                    @Override
                    public KernelChoice stored(Storage storage, Set<Integer> these) {
                        return choice(node, ability, new TreeSet<>(these).toString());
                    }
                });
    }

    @Test
    void whatAllReadersTakeApartIsHandedOnSo() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        var c = relu(a, Set.of(0));
        var d = sum(b, c, Set.of(0));
        assertThat(stored(d)).isEqualTo(Map.of(a, "[1]", b, "[0, 1]", c, "[0]", d, "[0]"));
    }

    @Test
    void residualsStayFloats() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        var c = sum(b, a, Set.of(0, 2));
        assertThat(stored(c)).isEqualTo(Map.of(a, "", b, "[1]", c, "[0]"));
    }

    @Test
    void whatIsReadTwiceByOneNodeStaysFloats() {
        var a = relu(x, BOTH);
        var b = sum(a, a, Set.of(0));
        assertThat(stored(b)).isEqualTo(Map.of(a, "", b, ""));
    }

    @Test
    void inputsAndOutputsOfTheGraphStayFloats() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        assertThat(stored(a, b)).isEqualTo(Map.of(a, "", b, ""));
    }

    @Test
    void whatPlainDefinitionsReadStaysFloats() {
        var a = relu(x, BOTH);
        var b = builder.add(new Relu(), a);
        var c = relu(b, BOTH);
        assertThat(stored(c)).isEqualTo(Map.of(a, "", b, "no kernel", c, ""));
    }

    @Test
    void whatNobodyMultipliesStaysFloats() {
        var a = relu(x, BOTH);
        var b = relu(a, Ability.of(BOTH, Set.of()));
        var c = relu(b, Ability.of(BOTH, Set.of()));
        assertThat(stored(c)).isEqualTo(Map.of(a, "", b, "", c, ""));
    }

    @Test
    void whatIsHandedOnToProductsIsStoredSoBefore() {
        var a = relu(x, BOTH);
        var b = relu(a, Ability.of(BOTH, Set.of()));
        var c = sum(b, a, Ability.product(Set.of(0, 1)));
        assertThat(stored(c)).isEqualTo(Map.of(a, "[1]", b, "[0, 1]", c, "[0, 1]"));
    }

    @Test
    void ofASetAllAreStoredSoOrNone() {
        var joined = new Ability(Set.of(Set.of(0, 1, 2)), Set.of());
        var a = relu(x, BOTH);
        var b = relu(x, Set.of(0));
        var c = sum(a, b, joined);
        var d = relu(x, BOTH);
        var e = sum(a, d, joined);
        var f = sum(c, e, Ability.of(Set.of(0, 1), Set.of(0, 1)));
        // One operand of c cannot be, so none of c's is, and a neither, and for that none of e's.
        assertThat(stored(f)).isEqualTo(Map.of(a, "", b, "", c, "", d, "", e, "", f, ""));
    }

    @Test
    void setsOfWhichAllCanBe() {
        var joined = new Ability(Set.of(Set.of(0, 1, 2)), Set.of());
        var a = relu(x, BOTH);
        var b = relu(x, BOTH);
        var c = sum(a, b, joined);
        var d = relu(c, Set.of(0));
        assertThat(stored(d)).isEqualTo(Map.of(a, "[1]", b, "[1]", c, "[0, 1, 2]", d, "[0]"));
    }

    @Test
    void otherKernelsOfWhatIsStoredSoWriteItSo() {
        var a = relu(x, BOTH);
        var b = relu(a, BOTH);
        var graph = builder.build(List.of(b));
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        graph.nodes().forEach(node -> choices.put(node, Optional.of(choice(node, Ability.product(BOTH), ""))));
        var handover = StorageHandover.of(graph, choices, List.of(), Storage.PARTS);
        var first = graph.nodes().getFirst();
        assertThat(handover.withOutput(choice(first, Ability.product(BOTH), "")).map(KernelChoice::reason))
                .contains("[1]");
        assertThat(handover.withOutput(choice(first, Ability.product(Set.of(0)), "")))
                .isEmpty();
        var last = choice(graph.nodes().getLast(), Ability.product(Set.of()), "");
        assertThat(handover.withOutput(last)).contains(last);
    }
}
