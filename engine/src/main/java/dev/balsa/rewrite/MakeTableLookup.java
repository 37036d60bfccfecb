package dev.balsa.rewrite;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.BitCast;
import dev.balsa.ir.elementwise.Dropout;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.quantization.TableLookup;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an element of 8 bits goes through alone, from there to a QuantizeLinear to 8 bits, becomes a TableLookup of
/// what the plain definitions give for each of its 256 values; and nothing, where it comes out as it went in. So
/// activations between quantised operators are looked up, however many nodes they are written as.
public final class MakeTableLookup implements Rule {
    private static final int MOST_NODES = 32;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QuantizeLinear) || !Dequantized.isByte(node.output(0))) {
            return Optional.empty();
        }
        var path = new Path(view);
        if (!path.visit(node)) {
            return Optional.empty();
        }
        path.seeThroughTables();
        return path.source()
                .filter(source ->
                        source.type().shape().equals(node.output(0).type().shape()))
                .flatMap(source -> table(path, source, node).map(table -> patch(node, source, table)));
    }

    private Patch patch(Node node, Value source, Tensor table) {
        var label = name() + " " + node.label();
        if (source.type().equals(node.output(0).type()) && isIdentity(table)) {
            return Patch.bypass(label, node, source);
        }
        var value = new Value(node.output(0).name() + ".table", TensorType.of(table));
        return new Patch(
                label,
                List.of(node),
                List.of(new Node(node.name(), new TableLookup(), List.of(source, value), node.outputs())),
                Map.of(value, table),
                Map.of());
    }

    private static boolean isIdentity(Tensor table) {
        for (int i = 0; i < TableLookup.RESULTS; i++) {
            if (Byte.toUnsignedInt(table.memory().get(ValueLayout.JAVA_BYTE, i)) != i) {
                return false;
            }
        }
        return true;
    }

    /// What the nodes make of all values that the source can have.
    private static Optional<Tensor> table(Path path, Value source, Node last) {
        var all = Tensor.allocate(source.type().dtype(), Shape.of(TableLookup.RESULTS));
        for (int i = 0; i < TableLookup.RESULTS; i++) {
            all.memory().set(ValueLayout.JAVA_BYTE, i, (byte) i);
        }
        var made = new HashMap<Value, Tensor>();
        made.put(source, all);
        try {
            for (var node : path.nodes) {
                var inputs = node.inputs().stream()
                        .map(value -> Optional.ofNullable(made.get(value)).or(() -> path.constant(node, value)))
                        .toList();
                made.put(
                        node.output(0),
                        Interpreter.evaluate(alongNothing(node.op()), inputs, node.outputs(), node.label())
                                .getFirst());
            }
        } catch (BalsaException e) {
            // What fails for some value may never be asked for it.
            return Optional.empty();
        }
        return Optional.ofNullable(made.get(last.output(0))).filter(table -> table.size() == TableLookup.RESULTS);
    }

    /// The axis means nothing where all elements have one scale, but must be one of the tensor's.
    private static Op alongNothing(Op op) {
        return switch (op) {
            case QuantizeLinear quantize -> new QuantizeLinear(0, 0, quantize.to(), quantize.precision());
            case DequantizeLinear dequantize -> new DequantizeLinear(0, 0, dequantize.to());
            default -> op;
        };
    }

    /// The nodes that a result of single elements comes from, back to integers of 8 bits.
    private static final class Path {
        private final GraphView view;
        /// In an order in which each comes after those whose results it takes.
        private final Set<Node> nodes = new LinkedHashSet<>();
        private final Set<Value> sources = new HashSet<>();

        Path(GraphView view) {
            this.view = view;
        }

        /// The only thing that the result depends on, if there is one.
        Optional<Value> source() {
            return sources.size() == 1
                    ? sources.stream()
                            .findFirst()
                            .filter(source -> view.constant(source).isEmpty())
                    : Optional.empty();
        }

        /// Adds a node and those before it.
        ///
        /// @return false if it is not a function of single elements
        boolean visit(Node node) {
            if (nodes.contains(node)) {
                return true;
            }
            if (nodes.size() >= MOST_NODES || node.outputs().size() > 1 || !isPointwise(node)) {
                return false;
            }
            for (var value : node.inputs()) {
                if (value.isPresent() && constant(node, value).isEmpty() && !visit(value)) {
                    return false;
                }
            }
            nodes.add(node);
            return true;
        }

        private boolean visit(Value value) {
            if (Dequantized.isByte(value)) {
                sources.add(value);
                return true;
            }
            return view.producer(value).filter(this::visit).isPresent();
        }

        private boolean isPointwise(Node node) {
            return switch (node.op()) {
                case BitCast _, Dropout _ -> false;
                case Elementwise _ -> true;
                case QuantizeLinear op -> op.blockSize() == 0 && isWhole(node);
                case DequantizeLinear op -> op.blockSize() == 0 && isWhole(node);
                case TableLookup _ -> true;
                default -> false;
            };
        }

        /// Whether scale and zero point are constants for all elements.
        private boolean isWhole(Node node) {
            return node.inputs().stream()
                    .skip(1)
                    .allMatch(
                            value -> !value.isPresent() || constant(node, value).isPresent());
        }

        /// A constant that is the same for all elements, or a table.
        Optional<Tensor> constant(Node node, Value value) {
            if (!value.isPresent()) {
                return Optional.empty();
            }
            var constant = view.constant(value);
            return node.op() instanceof TableLookup
                    ? constant
                    : constant.filter(tensor -> tensor.size() == 1).map(tensor -> tensor.reshaped(Shape.scalar()));
        }

        /// Takes what tables are looked up by for their results, where both are there, as with a number that is
        /// multiplied by a function of it, or where nobody else needs the results.
        void seeThroughTables() {
            for (var table = table(); table.isPresent(); table = table()) {
                var later = new ArrayList<>(nodes);
                nodes.clear();
                nodes.add(table.get());
                nodes.addAll(later);
                sources.remove(table.get().output(0));
                sources.add(table.get().input(0));
            }
        }

        private Optional<Node> table() {
            return sources.stream()
                    .filter(source -> sources.size() > 1 || isOurs(source))
                    .flatMap(source -> view.producer(source).stream())
                    .filter(node -> node.op() instanceof TableLookup)
                    .filter(node -> !nodes.contains(node))
                    .findFirst();
        }

        private boolean isOurs(Value value) {
            return !view.isOutput(value) && nodes.containsAll(view.consumers(value));
        }
    }
}
