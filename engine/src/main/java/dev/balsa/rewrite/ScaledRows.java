package dev.balsa.rewrite;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows that nodes normalise, then scale and shift by constants, on their way to one node that does all of it.
///
/// @param x what is normalised, of float32
/// @param axis the first dimension of a row, counted from the front; from there on all lengths are known
/// @param scale a constant that can be stretched to a row, or [Value#NONE]
/// @param shift a constant that can be stretched to a row, or [Value#NONE]
/// @param nodes what is done to `x`, the last of which has the result
record ScaledRows(Value x, int axis, Value scale, Value shift, List<Node> nodes) {
    /// Scales and shifts are not written out for rows of more elements: a hostile model must not fill the memory.
    private static final double LONGEST_WRITTEN = 1 << 16;

    /// Copies the list, each node once.
    ScaledRows {
        nodes = List.copyOf(new LinkedHashSet<>(nodes));
    }

    /// The other operand of a node, if it is the given operation and `value` is one of two different operands.
    static Optional<Value> other(Node node, Class<? extends Op> operation, Value value) {
        if (!operation.isInstance(node.op()) || node.input(0).equals(node.input(1))) {
            return Optional.empty();
        }
        return node.input(0).equals(value)
                ? Optional.of(node.input(1))
                : Optional.of(node.input(0)).filter(_ -> node.input(1).equals(value));
    }

    /// Whether a value is a constant of float32 that has the same elements for each row of a tensor, and gives it
    /// no dimensions.
    static boolean isRow(Value value, SymbolicShape shape, int axis, GraphView view) {
        var own = view.constant(value)
                .filter(tensor -> tensor.type() == DataType.FLOAT32)
                .map(Tensor::shape);
        if (own.isEmpty() || own.get().rank() > shape.rank()) {
            return false;
        }
        for (int back = 1; back <= own.get().rank(); back++) {
            long length = own.get().dim(-back);
            if (length != 1 && (back > shape.rank() - axis || !shape.dim(-back).is(length))) {
                return false;
            }
        }
        return true;
    }

    /// The same with another node, which takes the result and has its own.
    ScaledRows then(Node next) {
        return with(scale, shift, next);
    }

    private ScaledRows with(Value newScale, Value newShift, Node next) {
        var all = new ArrayList<>(nodes);
        all.add(next);
        return new ScaledRows(x, axis, newScale, newShift, all);
    }

    /// The same of another tensor of the same shape, of which `x` is made by nodes.
    ScaledRows of(Value source, List<Node> before) {
        var all = new ArrayList<>(before);
        all.addAll(nodes);
        return new ScaledRows(source, axis, scale, shift, all);
    }

    private Value result() {
        return nodes.getLast().output(0);
    }

    /// With the product by a constant that may follow.
    ScaledRows scaled(GraphView view) {
        return scale.isPresent() || shift.isPresent()
                ? this
                : constantAfter(Mul.class, view)
                        .map(constant ->
                                with(constant, shift, view.consumers(result()).getFirst()))
                        .orElse(this);
    }

    /// With the sum with a constant that may follow.
    ScaledRows shifted(GraphView view) {
        return shift.isPresent()
                ? this
                : constantAfter(Add.class, view)
                        .map(constant ->
                                with(scale, constant, view.consumers(result()).getFirst()))
                        .orElse(this);
    }

    private Optional<Value> constantAfter(Class<? extends Op> operation, GraphView view) {
        return view.soleConsumer(result())
                .flatMap(next -> other(next, operation, result()))
                .filter(constant -> isRow(constant, x.type().shape(), axis, view));
    }

    /// The patch that puts one node in the place of all: inputs are `x`, the scale (ones if there is none) and,
    /// if there is one, the shift, both as long as a row. Empty if others use what lies between, or if constants
    /// would have to be written out for long rows.
    Optional<Patch> patch(String rule, Op op, GraphView view) {
        var last = nodes.getLast();
        boolean ours = nodes.stream()
                .filter(node -> node != last)
                .map(node -> node.output(0))
                .allMatch(value -> !view.isOutput(value) && nodes.containsAll(view.consumers(value)));
        boolean isWritten = !isWhole(scale) || shift.isPresent() && !isWhole(shift);
        if (!ours || !result().type().equals(x.type()) || isWritten && elements() > LONGEST_WRITTEN) {
            return Optional.empty();
        }
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        var inputs = new ArrayList<>(List.of(x, whole(scale, ".rowScale", constants, view)));
        if (shift.isPresent()) {
            inputs.add(whole(shift, ".rowShift", constants, view));
        }
        return Optional.of(new Patch(
                rule + " " + last.label(),
                nodes,
                List.of(new Node(last.name(), op, inputs, last.outputs())),
                constants,
                Map.of()));
    }

    private List<Dim> row() {
        var shape = x.type().shape();
        return shape.list().subList(axis, shape.rank());
    }

    private double elements() {
        return row().stream().mapToDouble(Dim::get).reduce(1, (a, b) -> a * b);
    }

    /// Whether a constant has all elements of a row.
    private boolean isWhole(Value constant) {
        if (!constant.isPresent()) {
            return false;
        }
        var dims = constant.type().shape().list();
        return dims.size() >= row().size()
                && dims.subList(dims.size() - row().size(), dims.size()).equals(row());
    }

    /// A constant with all elements of a row: the given one, or a new one.
    private Value whole(Value constant, String suffix, Map<Value, Tensor> constants, GraphView view) {
        if (isWhole(constant)) {
            return constant;
        }
        var lengths = Shape.of(row().stream().map(Dim::get).toList());
        var tensor = constant.isPresent() ? view.constant(constant).orElseThrow() : Tensor.of(new float[] {1});
        var dims = tensor.shape().toList();
        int leading = Math.max(0, dims.size() - lengths.rank());
        var spread = SpreadConstants.spread(tensor.reshaped(Shape.of(dims.subList(leading, dims.size()))), lengths);
        var value = new Value(result().name() + suffix, TensorType.of(spread));
        constants.put(value, spread);
        return value;
    }
}
