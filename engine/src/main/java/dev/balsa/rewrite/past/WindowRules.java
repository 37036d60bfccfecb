package dev.balsa.rewrite.past;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Split;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.assembly.Trilu;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.leaf.ConstantOfShape;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.reduction.CumSum;
import dev.balsa.ir.reduction.ReduceSum;
import dev.balsa.ir.view.View;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What becomes of each node of a graph whose past is a window; nothing where it might depend on the gap.
final class WindowRules {
    private static final OptionalLong STILL = OptionalLong.of(0);

    private final WindowEmission emission;
    private final ElementShifts elements;
    private final WindowAttention attentions;

    WindowRules(WindowEmission emission) {
        this.emission = emission;
        elements = new ElementShifts(emission);
        attentions = new WindowAttention(emission);
    }

    /// The outputs in the new graph, whose nodes have been added.
    ///
    /// @param state whether the node puts the past and what is new together
    Optional<List<Kept>> apply(Node node, List<Kept> inputs, boolean state) {
        if (state) {
            return node.op() instanceof Attention op
                    ? attentions.attention(node, op, inputs)
                    : attentions.joined(node, inputs);
        }
        if (inputs.stream().noneMatch(emission::depends)) {
            return node.op() instanceof Control ? Optional.empty() : emission.copy(node, inputs);
        }
        return emission.lengths(node, inputs).or(() -> ofWindow(node, inputs));
    }

    private Optional<List<Kept>> ofWindow(Node node, List<Kept> inputs) {
        return switch (node.op()) {
            case View _ -> viewed(node, inputs);
            case Transpose _ -> carried(node, inputs);
            case Range _ -> range(node, inputs);
            case ConstantOfShape op ->
                measured(inputs.getFirst()) ? emission.add(node, inputs, STILL, op.bits() == 0) : Optional.empty();
            case Expand _ ->
                measured(inputs.get(1))
                        ? emission.add(node, inputs, inputs.getFirst().shift(), false)
                        : Optional.empty();
            case Slice _ -> sliced(node, inputs);
            case Split op -> split(node, op, inputs);
            case Gather op -> gathered(node, op, inputs);
            case Concat op -> joined(node, op, inputs);
            case Trilu _ -> triangle(node, inputs);
            case CumSum op -> summed(node, op, inputs);
            case ReduceSum op -> reduced(node, op, inputs);
            case MatMul _ -> multiplied(node, inputs);
            case Softmax op -> attentions.weighed(node, op, inputs);
            case Elementwise _ -> elements.apply(node, inputs);
            default -> Optional.empty();
        };
    }

    /// Whether an operand that tells a shape is known in terms of lengths, if it depends on the window.
    private boolean measured(Kept shape) {
        return !emission.depends(shape) || emission.contents(shape.value()).isPresent();
    }

    private Optional<List<Kept>> carried(Node node, List<Kept> inputs) {
        var data = inputs.getFirst();
        return emission.add(node, inputs, data.shift(), data.isZero());
    }

    private static SymbolicShape shape(Kept kept) {
        return kept.value().type().shape();
    }

    private boolean isWindow(Kept kept, int axis) {
        return emission.isWindow(shape(kept).dim(axis));
    }

    /// A change of shape that leaves the window a dimension of its own.
    private Optional<List<Kept>> viewed(Node node, List<Kept> inputs) {
        if (!inputs.stream().skip(1).allMatch(this::measured)
                || !shape(inputs.getFirst()).hasRank()) {
            return Optional.empty();
        }
        return carried(node, inputs)
                .filter(results -> places(results.getFirst()).equals(places(inputs.getFirst())));
    }

    /// A dimension that has the window, and what lies outside and inside of it.
    private record Place(Dim outer, Dim window, Dim inner) {}

    private List<Place> places(Kept kept) {
        var shape = shape(kept);
        return emission.windows(kept.value()).stream()
                .map(axis -> new Place(shape.size(0, axis), shape.dim(axis), shape.size(axis + 1, shape.rank())))
                .toList();
    }

    /// Numbers that begin or end with a length of the window.
    private Optional<List<Kept>> range(Node node, List<Kept> inputs) {
        var delta = emission.numbers(inputs.get(2).value());
        var start = emission.contents(inputs.get(0).value());
        if (delta.isEmpty()
                || start.isEmpty()
                || delta.get().size() != 1
                || start.get().size() != 1) {
            return Optional.empty();
        }
        var first = emission.count(start.get().getFirst());
        if (first.isEmpty()) {
            return Optional.empty();
        }
        // Counted from the end, an element has as many before it as the window is longer.
        return emission.add(node, inputs, STILL, false)
                .map(results -> results.getFirst().value())
                .map(value -> List.of(new Kept(
                        value,
                        OptionalLong.of(first.getAsLong()
                                + (emission.windows(value).isEmpty()
                                        ? 0
                                        : delta.get().getFirst())),
                        false)));
    }

    private Optional<List<Kept>> sliced(Node node, List<Kept> inputs) {
        var data = inputs.getFirst();
        var starts = emission.contents(inputs.get(1).value());
        var ends = emission.contents(inputs.get(2).value());
        boolean isSingle = starts.isPresent()
                && ends.isPresent()
                && starts.get().size() == 1
                && ends.get().size() == 1
                && shape(data).hasRank()
                && (!node.input(4).isPresent()
                        || emission.numbers(inputs.get(4).value())
                                .filter(List.of(1L)::equals)
                                .isPresent());
        var axes = node.input(3).isPresent() ? emission.numbers(inputs.get(3).value()) : Optional.of(List.of(0L));
        if (!isSingle || axes.isEmpty()) {
            return slicedElsewhere(node, inputs, axes);
        }
        int axis = Axes.normalize(axes.get().getFirst(), shape(data).rank());
        var start = starts.get().getFirst();
        var end = ends.get().getFirst();
        if (isWindow(data, axis)) {
            return ofWindow(node, inputs, axis, start);
        }
        boolean isFixed =
                emission.count(start).orElse(1) == 0 && emission.count(end).orElse(1) == 0;
        return isFixed ? carried(node, inputs) : looked(node, inputs, axis, start, end);
    }

    /// Ranges of dimensions that do not have the window, by numbers.
    private Optional<List<Kept>> slicedElsewhere(Node node, List<Kept> inputs, Optional<List<Long>> axes) {
        var data = inputs.getFirst();
        boolean areFixed = inputs.stream().skip(1).noneMatch(emission::depends);
        boolean areOthers = axes.isPresent()
                && shape(data).hasRank()
                && axes.get().stream()
                        .noneMatch(axis ->
                                isWindow(data, Axes.normalize(axis, shape(data).rank())));
        return areFixed && areOthers ? carried(node, inputs) : Optional.empty();
    }

    /// A range of the window: all of it, or one that is told from its end.
    private Optional<List<Kept>> ofWindow(Node node, List<Kept> inputs, int axis, Dim start) {
        var data = inputs.getFirst();
        boolean isFromEnd =
                start.isKnown() && start.get() < 0 || emission.count(start).orElse(0) == 1;
        return carried(node, inputs).filter(results -> {
            var result = shape(results.getFirst()).dim(axis);
            return emission.isWindow(result) ? result.equals(shape(data).dim(axis)) : isFromEnd;
        });
    }

    /// A range of a tensor that has nothing to do with the window, such as a mask for the longest of texts, told by
    /// lengths of the window: looked up at the places that they are without the gap.
    private Optional<List<Kept>> looked(Node node, List<Kept> inputs, int axis, Dim start, Dim end) {
        var data = inputs.getFirst();
        var length = end.minus(start);
        var first = emission.count(start);
        var count = emission.count(length);
        boolean isForward = start.isLength() && length.isLength();
        if (emission.depends(data) || first.isEmpty() || count.isEmpty() || !isForward) {
            return Optional.empty();
        }
        var type = inputs.get(1).value().type().dtype();
        if (type != DataType.INT64 || inputs.get(2).value().type().dtype() != type) {
            return Optional.empty();
        }
        var begin = scalar(inputs.get(1).value());
        var range = emission.make(new Range(), begin, scalar(inputs.get(2).value()), emission.scalar(type, 1));
        var places = emission.make(new Sub(), range, emission.gap(first.getAsLong() + count.getAsLong(), type));
        // Places in the gap are looked up, too; what is there does not matter.
        var clamped = emission.make(new Max(), places, emission.scalar(type, 0));
        var gather = new Node(node.name(), new Gather(axis), List.of(), node.outputs());
        return emission.add(gather, List.of(data, Kept.of(clamped, false)), STILL, false);
    }

    private Value scalar(Value single) {
        return emission.make(new dev.balsa.ir.view.Squeeze(), single, emission.numbers(0));
    }

    private Optional<List<Kept>> split(Node node, Split op, List<Kept> inputs) {
        var data = inputs.getFirst();
        boolean isOther = shape(data).hasRank()
                && !isWindow(data, Axes.normalize(op.axis(), shape(data).rank()))
                && inputs.stream().skip(1).noneMatch(emission::depends);
        return isOther ? carried(node, inputs) : Optional.empty();
    }

    private Optional<List<Kept>> gathered(Node node, Gather op, List<Kept> inputs) {
        var data = inputs.get(0);
        if (!shape(data).hasRank() || shape(data).rank() == 0) {
            return Optional.empty();
        }
        int axis = Axes.normalize(op.axis(), shape(data).rank());
        if (isWindow(data, axis)) {
            // There is always a last one; those before it might be in the gap.
            boolean isLast = emission.numbers(inputs.get(1).value())
                    .filter(places -> places.stream().allMatch(place -> place == -1))
                    .isPresent();
            return isLast ? emission.add(node, inputs, data.shift(), data.isZero()) : Optional.empty();
        }
        return emission.settled(inputs.get(1))
                .flatMap(this::inRange)
                .flatMap(places -> emission.add(node, List.of(data, places), data.shift(), false));
    }

    /// Places to look up: of those in the gap, which might be out of range, the first one.
    private Optional<Kept> inRange(Kept places) {
        var windows = emission.windows(places.value());
        if (windows.isEmpty()) {
            return Optional.of(places);
        }
        var first = emission.scalar(places.value().type().dtype(), 0);
        return windows.equals(List.of(places.rank() - 1))
                ? Optional.of(Kept.of(emission.make(new Where(), emission.seen(), places.value(), first), false))
                : Optional.empty();
    }

    private Optional<List<Kept>> joined(Node node, Concat op, List<Kept> inputs) {
        var first = inputs.getFirst();
        if (!inputs.stream().allMatch(input -> shape(input).hasRank())) {
            return Optional.empty();
        }
        int axis = Axes.normalize(op.axis(), shape(first).rank());
        boolean isBehind = inputs.stream().skip(1).noneMatch(input -> isWindow(input, axis));
        boolean areAlike = inputs.stream().map(Kept::shift).distinct().count() == 1
                && first.shift().isPresent();
        boolean areZero = inputs.stream()
                .allMatch(input ->
                        input.isZero() || emission.windows(input.value()).isEmpty());
        return isBehind && areAlike ? emission.add(node, inputs, first.shift(), areZero) : Optional.empty();
    }

    /// A triangle whose diagonal moves with the window.
    private Optional<List<Kept>> triangle(Node node, List<Kept> inputs) {
        var data = inputs.getFirst();
        var shape = shape(data);
        if (!shape.hasRank() || !data.isStill()) {
            return Optional.empty();
        }
        long columns = isWindow(data, shape.rank() - 1) ? 1 : 0;
        long rows = isWindow(data, shape.rank() - 2) ? 1 : 0;
        var diagonal = node.input(1).isPresent()
                ? emission.contents(inputs.get(1).value())
                        .filter(k -> k.size() == 1)
                        .map(List::getFirst)
                : Optional.of(Dim.of(0));
        boolean moves = diagonal.map(emission::count)
                .filter(count -> count.isPresent() && count.getAsLong() == columns - rows)
                .isPresent();
        return moves ? emission.add(node, inputs, STILL, data.isZero()) : Optional.empty();
    }

    /// Sums up along the window, where the gap adds nothing.
    private Optional<List<Kept>> summed(Node node, CumSum op, List<Kept> inputs) {
        var data = inputs.getFirst();
        var axis = emission.numbers(inputs.get(1).value()).filter(axes -> axes.size() == 1);
        if (axis.isEmpty() || !shape(data).hasRank() || !data.isStill()) {
            return Optional.empty();
        }
        boolean along =
                isWindow(data, Axes.normalize(axis.get().getFirst(), shape(data).rank()));
        return along && (!data.isZero() || op.reverse())
                ? Optional.empty()
                : emission.add(node, inputs, STILL, data.isZero());
    }

    private Optional<List<Kept>> reduced(Node node, ReduceSum op, List<Kept> inputs) {
        var data = inputs.getFirst();
        var axes = inputs.size() > 1 && inputs.get(1).isPresent()
                ? emission.numbers(inputs.get(1).value())
                : Optional.of(List.<Long>of());
        if (axes.isEmpty() || !shape(data).hasRank() || !data.isStill()) {
            return Optional.empty();
        }
        boolean along = emission.windows(data.value()).stream()
                .anyMatch(Set.copyOf(op.reduced(axes.get(), shape(data).rank()))::contains);
        return along && !data.isZero() ? Optional.empty() : emission.add(node, inputs, STILL, data.isZero());
    }

    /// Products along the window of weights, which are 0 in the gap, and of others.
    private Optional<List<Kept>> multiplied(Node node, List<Kept> inputs) {
        var left = inputs.get(0);
        var right = inputs.get(1);
        boolean areMatrices = shape(left).hasRank()
                && shape(right).hasRank()
                && left.rank() >= 2
                && right.rank() >= 2
                && left.isStill()
                && right.isStill();
        if (!areMatrices) {
            return Optional.empty();
        }
        boolean along = isWindow(left, left.rank() - 1);
        boolean fits = along == isWindow(right, right.rank() - 2) && (!along || left.isZero());
        return fits ? emission.add(node, inputs, STILL, false) : Optional.empty();
    }
}
