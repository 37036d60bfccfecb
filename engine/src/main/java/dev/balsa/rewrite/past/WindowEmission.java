package dev.balsa.rewrite.past;

import dev.balsa.error.BalsaException;
import dev.balsa.error.InternalException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// The nodes of a graph whose past is a window, as they come.
final class WindowEmission {
    /// What the names of values begin with that are made here.
    static final String PREFIX = "past/";

    private final Dim past;
    private final Map<Value, Tensor> constants;
    private final NodeTyping typing;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Value, Node> producers = new HashMap<>();
    private final Value seen;
    private final Value gap;
    private final Value order;
    private Optional<Value> pastLength = Optional.empty();
    private Optional<Value> allLength = Optional.empty();
    private int made;

    /// @param past how many places of a window are for the past
    /// @param added how many are for what a run adds
    /// @param constants of the graph
    WindowEmission(Dim past, Dim added, Map<Value, Tensor> constants) {
        this.past = past;
        this.constants = new LinkedHashMap<>(constants);
        typing = new NodeTyping(this.constants);
        seen = input("seen", DataType.BOOL, Dim.of(1), past.plus(added));
        gap = input("gap", DataType.INT64);
        order = input("order", DataType.BOOL, added, past.plus(added));
    }

    private static Value input(String name, DataType type, Dim... dims) {
        return new Value(PREFIX + name, new TensorType(type, SymbolicShape.of(dims)));
    }

    /// False in the gap.
    Value seen() {
        return seen;
    }

    /// What each new entry sees.
    Value order() {
        return order;
    }

    /// The inputs that tell of the window.
    List<Value> told() {
        return List.of(seen, gap, order);
    }

    List<Node> nodes() {
        return nodes;
    }

    Map<Value, Tensor> constants() {
        return constants;
    }

    Optional<Tensor> constant(Value value) {
        return Optional.ofNullable(constants.get(value));
    }

    Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value));
    }

    /// The elements of a small integer value, in terms of the lengths of dimensions.
    Optional<List<Dim>> contents(Value value) {
        return typing.contents(value).filter(elements -> elements.stream().noneMatch(Dim::isUnknown));
    }

    /// The elements of a small integer value as numbers.
    Optional<List<Long>> numbers(Value value) {
        return contents(value)
                .filter(elements -> elements.stream().allMatch(Dim::isKnown))
                .map(elements -> elements.stream().map(Dim::get).toList());
    }

    /// Whether a dimension is as long as the past is, and whatever else with it.
    boolean isWindow(Dim dim) {
        return dim.count(past).orElse(0) != 0;
    }

    /// The dimensions of a value that have the window.
    List<Integer> windows(Value value) {
        var shape = value.type().shape();
        return shape.hasRank()
                ? IntStream.range(0, shape.rank())
                        .filter(axis -> isWindow(shape.dim(axis)))
                        .boxed()
                        .toList()
                : List.of();
    }

    /// Whether a value's shape or elements depend on how long the window is.
    boolean depends(Kept kept) {
        var shape = kept.value().type().shape();
        return !kept.isStill()
                || shape.hasRank()
                        && shape.list().stream()
                                .anyMatch(dim ->
                                        !dim.isUnknown() && dim.count(past).orElse(1) != 0);
    }

    /// Whether all dimensions are known, and each has the window once or not at all.
    boolean isSound(TensorType type) {
        return type.shape().hasRank()
                && type.shape().list().stream().allMatch(dim -> {
                    var count = dim.count(past);
                    return count.isPresent() && (count.getAsLong() == 0 || count.getAsLong() == 1);
                });
    }

    private Optional<List<Value>> typed(Node node, List<Kept> inputs) {
        var values = inputs.stream().map(Kept::value).toList();
        try {
            var types = typing.infer(node.op(), values, node.outputs().size());
            return Optional.of(IntStream.range(0, types.size())
                    .mapToObj(i -> node.outputs().get(i).isPresent()
                            ? new Value(node.outputs().get(i).name(), types.get(i))
                            : Value.NONE)
                    .toList());
        } catch (BalsaException _) {
            // A graph that fits no shape in this form stays as it is, and may well run.
            return Optional.empty();
        }
    }

    private void append(Node node, List<Kept> inputs, List<Value> outputs) {
        var values = inputs.stream().map(Kept::value).toList();
        var appended = new Node(node.name(), node.op(), values, outputs);
        nodes.add(appended);
        outputs.forEach(output -> producers.put(output, appended));
        if (!outputs.isEmpty()) {
            typing.note(node.op(), values, outputs.getFirst());
        }
    }

    /// Adds a node that has nothing to do with the window.
    Optional<List<Kept>> copy(Node node, List<Kept> inputs) {
        return typed(node, inputs).map(outputs -> {
            append(node, inputs, outputs);
            return outputs.stream().map(value -> Kept.of(value, false)).toList();
        });
    }

    /// Adds a node whose elements follow from lengths of dimensions; nothing for others.
    Optional<List<Kept>> lengths(Node node, List<Kept> inputs) {
        var outputs = typed(node, inputs);
        if (outputs.isEmpty() || outputs.get().size() != 1) {
            return Optional.empty();
        }
        var output = outputs.get().getFirst();
        typing.note(node.op(), inputs.stream().map(Kept::value).toList(), output);
        return contents(output).map(elements -> {
            append(node, inputs, outputs.get());
            return List.of(new Kept(output, shift(elements), false));
        });
    }

    private OptionalLong shift(List<Dim> elements) {
        var shifts =
                elements.stream().map(element -> element.count(past)).distinct().toList();
        return shifts.size() == 1 ? shifts.getFirst() : OptionalLong.empty();
    }

    /// How much a length of the past adds to a number, if it is a sum.
    OptionalLong count(Dim number) {
        return number.count(past);
    }

    /// Adds a node whose outputs all are of a kind; nothing if they have the window in a way that makes no sense.
    Optional<List<Kept>> add(Node node, List<Kept> inputs, OptionalLong shift, boolean isZero) {
        var outputs = typed(node, inputs);
        boolean isSound = outputs.isPresent()
                && outputs.get().stream().allMatch(output -> !output.isPresent() || isSound(output.type()));
        if (!isSound) {
            return Optional.empty();
        }
        append(node, inputs, outputs.get());
        return Optional.of(outputs.get().stream()
                .map(value -> value.isPresent() ? new Kept(value, shift, isZero) : Kept.NONE)
                .toList());
    }

    /// Adds a node that the original graph does not have.
    Value make(Op op, Value... inputs) {
        return makeNamed(PREFIX + op.schema().name() + "." + made++, op, inputs);
    }

    /// Adds a node that the original graph does not have, with an output of that name.
    Value makeNamed(String name, Op op, Value... inputs) {
        var output = new Value(name, Value.NONE.type());
        var node = new Node(name, op, List.of(inputs), List.of(output));
        var kept = node.inputs().stream().map(value -> Kept.of(value, false)).toList();
        var outputs = typed(node, kept)
                .orElseThrow(() -> new InternalException("types do not fit: " + op + " of " + List.of(inputs)));
        append(node, kept, outputs);
        return outputs.getFirst();
    }

    /// Adds a node that takes the first places of a state along a dimension.
    ///
    /// @param places of the state
    /// @param length how many, one-dimensional
    Value first(String name, Value places, int axis, Value length) {
        var dim = contents(length).orElseThrow().getFirst();
        var shape = places.type().shape().with(axis, dim);
        var output = new Value(name, places.type().withShape(shape));
        var operands = List.of(places, numbers(0), length, numbers(axis));
        append(
                new Node(name, new Slice(), List.of(), List.of(output)),
                operands.stream().map(value -> Kept.of(value, false)).toList(),
                List.of(output));
        return output;
    }

    /// A tensor of integers, one-dimensional.
    Value numbers(long... numbers) {
        return constant(Tensor.of(numbers, numbers.length));
    }

    /// An integer.
    Value scalar(DataType type, long number) {
        var tensor = Tensor.allocate(type, Shape.scalar());
        tensor.setLong(0, number);
        return constant(tensor);
    }

    /// The lowest number of a floating-point type.
    Value lowest(DataType type) {
        var tensor = Tensor.allocate(type, Shape.scalar());
        tensor.setDouble(0, Double.NEGATIVE_INFINITY);
        return constant(tensor);
    }

    private Value constant(Tensor tensor) {
        var value = new Value(PREFIX + "constant." + made++, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    /// The elements as they are without the gap, if there are integers to correct.
    Optional<Kept> settled(Kept kept) {
        if (kept.isStill()) {
            return Optional.of(kept);
        }
        var type = kept.value().type().dtype();
        if (kept.shift().isEmpty() || type != DataType.INT64 && type != DataType.INT32) {
            return Optional.empty();
        }
        return Optional.of(
                Kept.of(make(new Sub(), kept.value(), gap(kept.shift().getAsLong(), type)), false));
    }

    /// So many times the gap.
    Value gap(long times, DataType type) {
        var typedGap = type == DataType.INT64 ? gap : make(new Cast(type), gap);
        return times == 1 ? typedGap : make(new Mul(), typedGap, scalar(type, times));
    }

    /// The length of the window, one-dimensional.
    Value allLength() {
        if (allLength.isEmpty()) {
            allLength = Optional.of(make(new dev.balsa.ir.leaf.Shape(1, Optional.of(2L)), seen));
        }
        return allLength.get();
    }

    /// How many places of the window are for the past, one-dimensional.
    Value pastLength() {
        if (pastLength.isEmpty()) {
            var news = make(new dev.balsa.ir.leaf.Shape(0, Optional.of(1L)), order);
            pastLength = Optional.of(make(new Sub(), allLength(), news));
        }
        return pastLength.get();
    }
}
