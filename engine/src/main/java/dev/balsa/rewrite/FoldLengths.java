package dev.balsa.rewrite;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.leaf.Lengths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Makes one node ([Lengths]) of what follows from lengths by way of many: shapes are read, parts of them picked,
/// added and put together, for every change of shape anew. What many inputs' shapes are planned for is then
/// planned with a part of the nodes.
///
/// Dimensions of which nothing is known get names of their own, so that what has the same one is known to be as
/// long.
public final class FoldLengths implements Pass {
    @Override
    public String name() {
        return "FoldLengths";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        try {
            return new Folding(graph, budget).fold();
        } catch (BalsaException e) {
            // What does not fit shows, with its place, when shapes are known.
            return graph;
        }
    }

    /// Where a symbol's length is told.
    private record Teller(Value value, TensorType type) {}

    private static final class Folding {
        private final Graph graph;
        private final PatchBudget budget;
        private final NodeTyping typing;
        /// Values with the types that they have here.
        private final Map<Value, Value> retyped = new HashMap<>();
        private final Map<Dim, Teller> tellers = new HashMap<>();
        private final Set<Dim> taken = new HashSet<>();
        private int names;

        Folding(Graph graph, PatchBudget budget) {
            this.graph = graph;
            this.budget = budget;
            typing = new NodeTyping(graph.constants());
        }

        Graph fold() {
            for (var input : graph.inputs()) {
                input.type().shape().dims().ifPresent(taken::addAll);
            }
            graph.inputs().forEach(input -> see(input, input.type()));
            var nodes = new ArrayList<Node>();
            boolean isChanged = false;
            for (var node : graph.nodes()) {
                var next = folded(node);
                isChanged |= next != node;
                nodes.add(next);
            }
            return isChanged
                    ? new Graph(graph.name(), graph.inputs(), graph.constants(), nodes, graph.outputs())
                    : graph;
        }

        /// Notes a value's type, with names for dimensions that have none.
        private void see(Value value, TensorType type) {
            var named = type.shape().dims().isEmpty()
                    ? type
                    : new TensorType(
                            type.dtype(),
                            SymbolicShape.of(type.shape().list().stream()
                                    .map(dim -> dim.isUnknown() ? newName() : dim)
                                    .toList()));
            retyped.put(value, new Value(value.name(), named));
            for (var dim : named.shape().dims().orElse(List.of())) {
                if (dim.isSymbol()) {
                    tellers.putIfAbsent(dim, new Teller(value, named));
                }
            }
        }

        private Dim newName() {
            Dim name;
            do {
                name = Dim.symbol("n" + names++);
            } while (taken.contains(name));
            return name;
        }

        private Node folded(Node node) {
            var inputs = node.inputs().stream()
                    .map(value -> retyped.getOrDefault(value, value))
                    .toList();
            var types = typing.infer(node.op(), inputs, node.outputs().size());
            for (int i = 0; i < types.size(); i++) {
                if (node.output(i).isPresent()) {
                    see(node.output(i), types.get(i));
                }
            }
            if (node.outputs().size() != 1 || !node.output(0).isPresent() || node.op() instanceof Lengths) {
                return node;
            }
            var output = Objects.requireNonNull(retyped.get(node.output(0)));
            typing.note(node.op(), inputs, output);
            return lengths(node, output);
        }

        private Node lengths(Node node, Value output) {
            var contents = typing.contents(output).orElse(List.of());
            var shape = output.type().shape();
            if (contents.isEmpty()
                    || !output.type().dtype().isInteger()
                    || !shape.isKnown()
                    || shape.rank() > 1
                    || shape.size(0, shape.rank()).get() != contents.size()) {
                return node;
            }
            var told = new LinkedHashSet<Teller>();
            for (var symbol : symbols(contents)) {
                var teller = tellers.get(symbol);
                if (teller == null) {
                    return node;
                }
                told.add(teller);
            }
            if (contents.stream().anyMatch(Dim::isUnknown) || !budget.take("FoldLengths " + node.label())) {
                return node;
            }
            var given = told.stream().map(Teller::type).toList();
            var type = new TensorType(output.type().dtype(), SymbolicShape.of(contents));
            return new Node(
                    node.name(),
                    new Lengths(given, type, shape.rank() == 0),
                    told.stream().map(Teller::value).toList(),
                    node.outputs());
        }

        private static Set<Dim> symbols(List<Dim> contents) {
            var symbols = new LinkedHashSet<Dim>();
            contents.forEach(element -> element.with(symbol -> {
                symbols.add(symbol);
                return symbol;
            }));
            return symbols;
        }
    }
}
