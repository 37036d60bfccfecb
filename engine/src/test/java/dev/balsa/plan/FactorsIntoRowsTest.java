package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.InternalException;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Which multiplications others do, too; the kernels are made up.
class FactorsIntoRowsTest {
    private final GraphBuilder builder = new GraphBuilder("g");
    private final Value image = builder.input("image", TensorType.of(DataType.FLOAT32, Shape.of(2, 3, 4, 5)));
    private final Value factors = builder.input("factors", TensorType.of(DataType.FLOAT32, Shape.of(2, 1, 1, 5)));

    /// The kernel of a node, which can multiply what it reads unless it is a multiplication itself.
    private static KernelChoice choice(Node node, List<Value> operands) {
        return new KernelChoice(
                "kernel",
                "",
                operands,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                () -> {
                    throw new InternalException("a kernel that is made up has no work");
                },
                new KernelChoice.Variants() {
                    @Override
                    public Optional<KernelChoice> scaled(Value scaled, Value by) {
                        return node.op() instanceof Mul
                                ? Optional.empty()
                                : Optional.of(choice(node, List.of(scaled, by, node.output(0))));
                    }
                });
    }

    /// The operands of the kernel that makes a value; nothing where its node has none.
    private static Optional<List<Value>> operands(Value made, FactorsIntoRows scaled) {
        return scaled.choices().entrySet().stream()
                .filter(entry -> entry.getKey().output(0).equals(made))
                .findFirst()
                .flatMap(Map.Entry::getValue)
                .map(KernelChoice::operands);
    }

    private FactorsIntoRows scaled(Value... outputs) {
        var graph = builder.build(List.of(outputs));
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        for (var node : graph.nodes()) {
            choices.put(node, Optional.of(choice(node, List.of(node.input(0), node.output(0)))));
        }
        return FactorsIntoRows.of(graph, choices);
    }

    @Test
    void theOnlyReaderMultipliesItself() {
        var product = builder.add(new Mul(), factors, image);
        var result = builder.add(new Relu(), product);
        var scaled = scaled(result);
        assertThat(operands(result, scaled)).contains(List.of(image, factors, result));
        assertThat(operands(product, scaled)).isEmpty();
        var group = scaled.grouped(new IdentityHashMap<>(), scaled.choices()).values().stream()
                .findFirst()
                .orElseThrow();
        assertThat(group.nodes()).extracting(node -> node.output(0)).containsExactly(product, result);
    }

    @Test
    void whatOthersReadIsMultipliedOnce() {
        var product = builder.add(new Mul(), image, factors);
        var result = builder.add(new Relu(), product);
        assertThat(scaled(result, product).multiplications()).isEmpty();
    }

    @Test
    void otherProductsStay() {
        var product = builder.add(new Mul(), image, image);
        var result = builder.add(new Relu(), product);
        assertThat(scaled(result).multiplications()).isEmpty();
    }
}
