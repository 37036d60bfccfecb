package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Binary;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Unary;
import dev.balsa.ir.elementwise.Variadic;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.view.Reshape;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lets images have their channels last wherever kernels want them so, from the first such operator to the last: those
/// in between that do not mind are turned along, and transpositions stand only where images enter and leave. For
/// graphs of known shapes.
///
/// Images of one pixel or one channel are the same either way: there a Reshape, which costs nothing, takes the
/// transposition's place.
///
/// @param acceptance which operators want it
public record TurnImages(Acceptance acceptance) implements Pass {
    /// Says which operators are better with channels last.
    @FunctionalInterface
    public interface Acceptance {
        /// Whether the node is to become a [ChannelsLast]: its first input and only output are images.
        boolean wantsChannelsLast(Node node, Graph graph);
    }

    /// Batch, channels, and at least one spatial dimension.
    private static final int LEAST_RANK = 3;

    @Override
    public String name() {
        return "TurnImages";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        if (graph.nodes().stream().noneMatch(node -> acceptance.wantsChannelsLast(node, graph))) {
            return graph;
        }
        return new Turning(graph, budget).run();
    }

    private final class Turning {
        private final Graph graph;
        private final PatchBudget budget;
        private final Map<Value, Tensor> constants;
        private final List<Node> nodes = new ArrayList<>();
        /// Values that are made with channels last; by the value of the graph.
        private final Map<Value, Value> turned = new HashMap<>();
        /// Values with channels first that have been turned for an operator.
        private final Map<Value, Value> turnedCopies = new HashMap<>();
        /// Values of the graph that are there as they were.
        private final Map<Value, Value> straight = new HashMap<>();

        Turning(Graph graph, PatchBudget budget) {
            this.graph = graph;
            this.budget = budget;
            this.constants = new LinkedHashMap<>(graph.constants());
        }

        Graph run() {
            for (var node : graph.nodes()) {
                if (acceptance.wantsChannelsLast(node, graph) && take(node)) {
                    image(node);
                } else if (follows(node) && take(node)) {
                    follow(node);
                } else {
                    nodes.add(node.withInputs(
                            node.inputs().stream().map(this::straight).toList()));
                }
            }
            if (turned.isEmpty()) {
                return graph;
            }
            var outputs = graph.outputs().stream().map(this::straight).toList();
            return new Graph(graph.name(), graph.inputs(), constants, nodes, outputs);
        }

        private boolean take(Node node) {
            return budget.take(name() + " " + node.label());
        }

        private void image(Node node) {
            var inputs = new ArrayList<Value>();
            for (int i = 0; i < node.inputs().size(); i++) {
                var input = node.input(i);
                inputs.add(i == 0 ? turned(input) : straight(input));
            }
            define(node, new ChannelsLast(node.op()), inputs);
        }

        private void define(Node node, Op op, List<Value> inputs) {
            var old = node.output(0);
            var value = new Value(old.name() + ".last", ChannelsLast.last(old.type()));
            turned.put(old, value);
            nodes.add(new Node(node.name(), op, inputs, List.of(value)));
        }

        /// Whether an operator takes images either way and gets one that is turned.
        private boolean follows(Node node) {
            var output = node.output(0);
            if (node.outputs().size() != 1
                    || !output.isPresent()
                    || !isImage(output)
                    || node.inputs().stream().noneMatch(turned::containsKey)) {
                return false;
            }
            int rank = output.type().shape().rank();
            return switch (node.op()) {
                case Concat(long axis) -> (axis == 1 || axis == 1 - rank) && largerPartTurned(node);
                case Unary _, Binary _, Variadic _, Clip _ ->
                    node.inputs().stream().anyMatch(value -> turned.containsKey(value) && sameShape(value, output))
                            && node.inputs().stream().allMatch(value -> fits(value, output));
                default -> false;
            };
        }

        private boolean largerPartTurned(Node node) {
            long all = node.inputs().stream().mapToLong(this::elements).sum();
            long there = node.inputs().stream()
                    .filter(turned::containsKey)
                    .mapToLong(this::elements)
                    .sum();
            return 2 * there >= all;
        }

        private long elements(Value value) {
            return shape(value).size();
        }

        /// Whether an operand of an elementwise operator can be brought to the turned result's order: it is the
        /// result's shape, one element, or spread over an image and so not large.
        private boolean fits(Value value, Value output) {
            return !value.isPresent()
                    || value.type().shape().isKnown()
                            && (shape(value).size() == 1
                                    || shape(value).rank() == shape(output).rank()
                                    || graph.constant(value).isPresent()
                                            && shape(value).rank()
                                                    < shape(output).rank());
        }

        private void follow(Node node) {
            if (node.op() instanceof Concat) {
                long last = node.output(0).type().shape().rank() - 1L;
                define(
                        node,
                        new Concat(last),
                        node.inputs().stream().map(this::turned).toList());
                return;
            }
            int rank = shape(node.output(0)).rank();
            define(
                    node,
                    node.op(),
                    node.inputs().stream().map(value -> operand(value, rank)).toList());
        }

        private Value operand(Value value, int rank) {
            if (!value.isPresent() || shape(value).size() == 1 && !turned.containsKey(value)) {
                return value.isPresent() ? straight(value) : value;
            }
            return shape(value).rank() == rank ? turned(value) : raised(value, rank);
        }

        /// A constant with fewer dimensions than the image, turned.
        private Value raised(Value value, int rank) {
            return turnedCopies.computeIfAbsent(new Value(value.name() + "." + rank, value.type()), key -> {
                var dims = new ArrayList<>(shape(value).toList());
                while (dims.size() < rank) {
                    dims.addFirst(1L);
                }
                var tensor = graph.constant(value).orElseThrow().reshaped(Shape.of(dims));
                return constant(key.name(), tensor);
            });
        }

        private Value constant(String name, Tensor tensor) {
            var last = transposed(tensor);
            var constant = new Value(name + ".last", TensorType.of(last));
            constants.put(constant, last);
            return constant;
        }

        private static Tensor transposed(Tensor tensor) {
            var op = ChannelsLast.toLast(tensor.shape().rank());
            return Interpreter.evaluate(
                            op,
                            List.of(Optional.of(tensor)),
                            List.of(new Value("output", TensorType.of(tensor))),
                            "Transpose")
                    .getFirst();
        }

        /// A value with channels last.
        private Value turned(Value value) {
            var made = turned.get(value);
            if (made != null) {
                return made;
            }
            return turnedCopies.computeIfAbsent(value, _ -> {
                var tensor = graph.constant(value);
                if (tensor.isPresent()) {
                    return constant(value.name(), tensor.get());
                }
                var copy = new Value(value.name() + ".last", ChannelsLast.last(value.type()));
                add(value, copy, ChannelsLast.toLast(shape(value).rank()), isSameEitherWay(value.type()));
                return copy;
            });
        }

        /// A value as it was.
        private Value straight(Value value) {
            var made = turned.get(value);
            if (made == null) {
                return value;
            }
            return straight.computeIfAbsent(value, _ -> {
                add(made, value, ChannelsLast.toFirst(shape(value).rank()), isSameEitherWay(value.type()));
                return value;
            });
        }

        private void add(Value from, Value to, Transpose how, boolean nothingMoves) {
            var label = "turn " + to.name();
            if (nothingMoves) {
                var shape = Tensor.of(shape(to).toArray(), shape(to).rank());
                var operand = new Value(to.name() + ".shape", TensorType.of(shape));
                constants.put(operand, shape);
                nodes.add(new Node(label, new Reshape(false), List.of(from, operand), List.of(to)));
            } else {
                nodes.add(new Node(label, how, List.of(from), List.of(to)));
            }
        }

        /// Whether an image, channels first, is the same with channels last.
        private static boolean isSameEitherWay(TensorType type) {
            var dims = type.shape().known().orElseThrow().toList();
            return dims.get(1) == 1 || dims.subList(2, dims.size()).stream().allMatch(dim -> dim == 1);
        }
    }

    private static boolean isImage(Value value) {
        return value.type().shape().isKnown() && value.type().shape().rank() >= LEAST_RANK;
    }

    private static boolean sameShape(Value value, Value other) {
        return value.type().shape().equals(other.type().shape());
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }
}
