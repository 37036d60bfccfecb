package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Tile;
import dev.balsa.ir.elementwise.BitCast;
import dev.balsa.ir.elementwise.Dropout;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.normalization.LogSoftmax;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.QLinearAdd;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.quantization.TableLookup;
import dev.balsa.ir.reduction.Reduce;
import dev.balsa.ir.selection.ArgMax;
import dev.balsa.ir.selection.ArgMin;
import dev.balsa.rewrite.TurnedForm.Operand;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/// Finds the forms of operators that take values in any layout.
///
/// @param graph of known shapes
/// @param layouts the layouts of values that are not as the model has them
record TurnedForms(Graph graph, Function<Value, Optional<Layout>> layouts) {
    private static final int AXES = 3;
    private static final int ADDEND = 3;

    /// The form of a node with an input that is not as the model has it; nothing if the node must have it so, or
    /// would not gain.
    Optional<TurnedForm> of(Node node) {
        var output = node.output(0);
        if (node.outputs().size() != 1
                || !output.type().shape().isKnown()
                || node.inputs().stream()
                        .noneMatch(value -> layouts.apply(value).isPresent())) {
            return Optional.empty();
        }
        return switch (node.op()) {
            case Concat(long axis) -> concat(node, axis);
            case Dropout _, BitCast _ -> Optional.empty();
            case Elementwise op -> elementwise(node, op);
            case QLinearAdd op -> quantizedAdd(node, op);
            default -> layouts.apply(node.input(0)).flatMap(layout -> of(node, layout));
        };
    }

    private Optional<TurnedForm> of(Node node, Layout layout) {
        int rank = layout.rank();
        return switch (node.op()) {
            case Slice _ -> slice(node, layout);
            case Pad _ -> pad(node, layout);
            case Expand _ -> shape(node.output(0)).rank() == rank ? expand(node, layout) : Optional.empty();
            case Tile _ ->
                longs(node.input(1))
                        .map(repeats ->
                                first(node, node.op(), layout, layout).with(1, "repeats", layout.apply(repeats)));
            case Gather(long axis) -> gather(node, Axes.normalize(axis, rank), layout);
            case Reduce op -> reduce(node, op, layout);
            case Softmax(long axis, boolean flattened) ->
                along(axis, flattened, layout).map(at -> first(node, new Softmax(at, flattened), layout, layout));
            case LogSoftmax(long axis, boolean flattened) ->
                along(axis, flattened, layout).map(at -> first(node, new LogSoftmax(at, flattened), layout, layout));
            case ArgMax(long axis, boolean keepDims, boolean last) -> {
                int at = Axes.normalize(axis, rank);
                var op = new ArgMax(layout.place(at), keepDims, last);
                yield Optional.of(first(node, op, layout, keepDims ? layout : layout.without(Set.of(at))));
            }
            case ArgMin(long axis, boolean keepDims, boolean last) -> {
                int at = Axes.normalize(axis, rank);
                var op = new ArgMin(layout.place(at), keepDims, last);
                yield Optional.of(first(node, op, layout, keepDims ? layout : layout.without(Set.of(at))));
            }
            case QuantizeLinear(long axis, long block, var to, var precision) ->
                quantized(node, axis, block, layout)
                        .map(at -> first(node, new QuantizeLinear(at, block, to, precision), layout, layout));
            case DequantizeLinear(long axis, long block, var to) ->
                quantized(node, axis, block, layout)
                        .map(at -> first(node, new DequantizeLinear(at, block, to), layout, layout));
            case TableLookup op -> Optional.of(first(node, op, layout, layout));
            default -> Optional.empty();
        };
    }

    private static TurnedForm first(Node node, Op op, Layout layout, Layout result) {
        return TurnedForm.ofFirst(op, node.inputs(), layout, result);
    }

    /// Equal sizes are told apart by something, so that plans do not depend on the order of a map.
    private static int compareSizes(Map.Entry<Layout, Long> one, Map.Entry<Layout, Long> other) {
        int bySize = Long.compare(one.getValue(), other.getValue());
        return bySize != 0
                ? bySize
                : one.getKey()
                        .order()
                        .toString()
                        .compareTo(other.getKey().order().toString());
    }

    /// In the layout of the larger part of the inputs, if that is at least half of all.
    private Optional<TurnedForm> concat(Node node, long axis) {
        Map<Layout, Long> there = new HashMap<>();
        long all = 0;
        for (var value : node.inputs()) {
            long size = shape(value).size();
            all += size;
            layouts.apply(value).ifPresent(layout -> there.merge(layout, size, Long::sum));
        }
        var most = there.entrySet().stream().max(TurnedForms::compareSizes).orElseThrow();
        if (2 * most.getValue() < all) {
            return Optional.empty();
        }
        var layout = most.getKey();
        return Optional.of(new TurnedForm(
                new Concat(layout.place(Axes.normalize(axis, layout.rank()))),
                node.inputs().stream()
                        .<Operand>map(value -> new Operand.Laid(value, layout))
                        .toList(),
                layout));
    }

    /// In the layout of an input of the result's shape.
    private Optional<TurnedForm> elementwise(Node node, Elementwise op) {
        var output = shape(node.output(0));
        var leader = node.inputs().stream()
                .filter(value ->
                        layouts.apply(value).isPresent() && shape(value).equals(output))
                .findFirst();
        if (leader.isEmpty() || !node.inputs().stream().allMatch(value -> fits(value, output))) {
            return Optional.empty();
        }
        var layout = layouts.apply(leader.get()).orElseThrow();
        return Optional.of(new TurnedForm(
                op, node.inputs().stream().map(value -> operand(value, layout)).toList(), layout));
    }

    /// In the layout of an operand, where both have the shape of the result.
    private Optional<TurnedForm> quantizedAdd(Node node, QLinearAdd op) {
        var output = shape(node.output(0));
        var terms = List.of(node.input(0), node.input(ADDEND));
        if (!terms.stream().allMatch(value -> shape(value).equals(output))) {
            return Optional.empty();
        }
        return terms.stream()
                .flatMap(value -> layouts.apply(value).stream())
                .findFirst()
                .map(layout -> new TurnedForm(
                        op,
                        node.inputs().stream()
                                .<Operand>map(value -> terms.contains(value)
                                        ? new Operand.Laid(value, layout)
                                        : new Operand.Straight(value))
                                .toList(),
                        layout));
    }

    private Operand operand(Value value, Layout layout) {
        boolean asItIs = !value.isPresent()
                || shape(value).size() == 1 && layouts.apply(value).isEmpty();
        return asItIs ? new Operand.Straight(value) : new Operand.Laid(value, layout);
    }

    /// Whether an operand of an elementwise operator can be brought to the layout of the result: it is the result's
    /// shape, one element, or spread over the result and so not large.
    private boolean fits(Value value, Shape output) {
        return !value.isPresent()
                || value.type().shape().isKnown()
                        && (shape(value).size() == 1
                                || shape(value).rank() == output.rank()
                                || graph.constant(value).isPresent()
                                        && shape(value).rank() < output.rank());
    }

    private Optional<TurnedForm> slice(Node node, Layout layout) {
        var axes = node.input(AXES).isPresent()
                ? longs(node.input(AXES))
                : Optional.of(
                        LongStream.range(0, shape(node.input(1)).size()).boxed().toList());
        return axes.map(list -> first(node, node.op(), layout, layout).with(AXES, "axes", places(list, layout)));
    }

    private Optional<TurnedForm> pad(Node node, Layout layout) {
        var axes = node.input(AXES).isPresent()
                ? longs(node.input(AXES))
                : Optional.of(LongStream.range(0, layout.rank()).boxed().toList());
        return axes.map(list -> first(node, node.op(), layout, layout).with(AXES, "axes", places(list, layout)));
    }

    private static List<Long> places(List<Long> axes, Layout layout) {
        return axes.stream()
                .map(axis -> (long) layout.place(Axes.normalize(axis, layout.rank())))
                .toList();
    }

    private Optional<TurnedForm> expand(Node node, Layout layout) {
        var shape = layout.apply(shape(node.output(0)).toList());
        return Optional.of(first(node, node.op(), layout, layout).with(1, "shape", shape));
    }

    private Optional<TurnedForm> gather(Node node, int axis, Layout layout) {
        int indices = shape(node.input(1)).rank();
        return Optional.of(first(node, new Gather(layout.place(axis)), layout, layout.replaced(axis, indices)));
    }

    private Optional<TurnedForm> reduce(Node node, Reduce op, Layout layout) {
        var given = node.input(1).isPresent() ? longs(node.input(1)) : Optional.of(List.<Long>of());
        return given.map(axes -> {
            var reduced = op.reduced(axes, layout.rank());
            var result = op.keepDims() ? layout : layout.without(new HashSet<>(reduced));
            var form = first(node, op, layout, result);
            var places = places(reduced.stream().map(Integer::longValue).toList(), layout);
            return axes.isEmpty() ? form : form.with(1, "axes", places);
        });
    }

    /// Where the axis stands of an operator that goes along it; or, flattened, along it and all that follow.
    private static Optional<Integer> along(long axis, boolean flattened, Layout layout) {
        int at = Axes.normalize(axis, layout.rank());
        if (!flattened) {
            return Optional.of(layout.place(at));
        }
        return layout.order().stream().limit(at).allMatch(before -> before < at) ? Optional.of(at) : Optional.empty();
    }

    /// The axis of scales; it means nothing if there is only one.
    private static Optional<Integer> quantized(Node node, long axis, long block, Layout layout) {
        if (block != 0 || !node.input(1).type().shape().isKnown()) {
            return Optional.empty();
        }
        return shape(node.input(1)).size() == 1
                ? Optional.of((int) axis)
                : Optional.of(layout.place(Axes.normalize(axis, layout.rank())));
    }

    private Optional<List<Long>> longs(Value value) {
        return graph.constant(value)
                .map(Tensor::toLongArray)
                .map(values -> new ArrayList<>(LongStream.of(values).boxed().toList()));
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }
}
