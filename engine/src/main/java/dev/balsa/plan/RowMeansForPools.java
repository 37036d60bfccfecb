package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.tensor.DataType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Has kernels make the means of the rows of pixels that they write, where a global average pool reads what they make:
/// it then reads the means of rows instead of the whole image, which has left the cache by then, or lies in another
/// core's.
final class RowMeansForPools {
    private static final int IMAGE_RANK = 4;

    private final Map<Node, Optional<KernelChoice>> choices;
    private final Map<Node, DepthFirst.Group> groups;
    private final IdentityHashMap<Node, Value> means = new IdentityHashMap<>();
    private final IdentityHashMap<Node, Node> pools = new IdentityHashMap<>();

    private RowMeansForPools(Map<Node, Optional<KernelChoice>> choices, Map<Node, DepthFirst.Group> groups) {
        this.choices = FactorsIntoRows.copy(choices);
        this.groups = FactorsIntoRows.copy(groups);
    }

    /// @param lowering finds the kernel of a pool of means
    static RowMeansForPools of(
            Graph graph,
            Map<Node, Optional<KernelChoice>> choices,
            Map<Node, DepthFirst.Group> groups,
            Function<Node, Optional<KernelChoice>> lowering) {
        var made = new RowMeansForPools(choices, groups);
        var makers = new HashMap<Value, Node>();
        for (var node : graph.nodes()) {
            if (node.outputs().size() == 1) {
                makers.put(node.output(0), node);
            }
            var maker = isPool(node) && !groups.containsKey(node) ? makers.get(node.input(0)) : null;
            if (maker != null && !made.means.containsKey(maker)) {
                made.connect(maker, node, lowering);
            }
        }
        return made;
    }

    private static boolean isPool(Node node) {
        return node.op() instanceof ChannelsLast(GlobalAveragePool _)
                && Chains.isFloat(node.input(0))
                && Chains.shape(node.input(0)).rank() == IMAGE_RANK;
    }

    private void connect(Node maker, Node pool, Function<Node, Optional<KernelChoice>> lowering) {
        var shape = Chains.shape(pool.input(0));
        var type = TensorType.of(DataType.FLOAT32, shape.dim(0), shape.dim(1), 1, shape.dim(3));
        var rows = new Value(pool.input(0).name() + " means of rows", type);
        var group = groups.get(maker);
        var choice = group == null ? choices.getOrDefault(maker, Optional.empty()) : Optional.of(group.choice());
        var more = choice.filter(_ -> group == null || group.last() == maker).flatMap(made -> made.withRowMeans(rows));
        var ofMeans = pool.withInputs(List.of(rows));
        var pooling = more.flatMap(_ -> lowering.apply(ofMeans));
        if (pooling.isEmpty()) {
            return;
        }
        if (group == null) {
            choices.put(maker, more);
        } else {
            var larger = new DepthFirst.Group(group.nodes(), more.orElseThrow());
            group.nodes().forEach(node -> groups.put(node, larger));
        }
        choices.put(pool, pooling);
        means.put(maker, rows);
        pools.put(pool, ofMeans);
    }

    /// The kernels, those of pools reading means.
    Map<Node, Optional<KernelChoice>> choices() {
        return choices;
    }

    /// Nodes that are made together, by each of them.
    Map<Node, DepthFirst.Group> groups() {
        return groups;
    }

    /// What the kernel of a node makes, in the order of its operands: means of rows are before the node's own output.
    ///
    /// @param node the last of its group
    List<Value> outputs(Node node) {
        var wanted = node.outputs().stream().filter(Value::isPresent).toList();
        var rows = means.get(node);
        return rows == null ? wanted : List.of(rows, wanted.getFirst());
    }

    /// A node, with the inputs that its kernel reads if these are means.
    Node reading(Node node) {
        return pools.getOrDefault(node, node);
    }
}
