package dev.balsa.rewrite.past;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Assembly;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.leaf.Shape;
import dev.balsa.ir.leaf.Size;
import dev.balsa.ir.reduction.ReduceSum;
import dev.balsa.ir.view.Unsqueeze;
import dev.balsa.ir.view.View;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is known of each value of a graph whose caches may have free places at their end ([CountedPast]).
final class CountedRules {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int COUNTS = 6;
    private static final int HEADS_RANK = 4;

    /// How a value differs if there are free places.
    private sealed interface Kind {
        /// It does not.
        record Same() implements Kind {}

        /// It has more elements at the end of a dimension.
        ///
        /// @param fromEnd which one, 1 for the last
        /// @param isZero whether these are zeros
        record Longer(int fromEnd, boolean isZero) implements Kind {}

        /// It is a number, or several, that tells lengths of what is longer.
        ///
        /// @param isPast whether the length of the past is one of them, which is that of all places now
        /// @param isTotal whether the length of all entries is one of them, which is that of the window now
        record Length(boolean isPast, boolean isTotal) implements Kind {}
    }

    private static final Kind SAME = new Kind.Same();

    private final Graph graph;
    private final Set<Node> longer;
    private final Set<Node> written;
    private final Dim past;
    private final Dim total;
    private final NodeTyping typing;
    private final Map<Value, Kind> kinds = new HashMap<>();

    /// @param longer nodes that make a state longer
    /// @param written nodes that write to it
    /// @param past the number of entries that there are
    /// @param total that of all
    CountedRules(Graph graph, List<GrowingState> states, Set<Node> longer, Set<Node> written, Dim past, Dim total) {
        this.graph = graph;
        this.longer = longer;
        this.written = written;
        this.past = past;
        this.total = total;
        typing = new NodeTyping(graph.constants());
        for (int i = 0; i < graph.inputs().size(); i++) {
            var input = graph.inputs().get(i);
            int number = i;
            var dims = input.type().shape().dims().orElse(List.of());
            boolean isState = states.stream().anyMatch(state -> state.input() == number);
            if (isState || dims.contains(total)) {
                int axis = dims.indexOf(isState ? past : total);
                kinds.put(input, new Kind.Longer(dims.size() - axis, !isState));
            }
        }
    }

    /// What may depend on free places as far as is known; nothing if nothing does.
    Optional<String> firstUnknown() {
        for (var node : graph.nodes()) {
            var kind = kind(node);
            if (kind.isEmpty()) {
                return Optional.of(node.label() + " " + node.op());
            }
            for (var output : node.outputs()) {
                if (output.isPresent()) {
                    kinds.put(output, kind.get());
                }
            }
        }
        return graph.outputs().stream()
                .filter(output -> !isSame(output)
                        && written.stream().noneMatch(node -> node.output(0).equals(output)))
                .map(output -> "output " + output)
                .findFirst();
    }

    private Kind kind(Value value) {
        return kinds.getOrDefault(value, SAME);
    }

    private boolean isSame(Value value) {
        return kind(value).equals(SAME);
    }

    private Optional<Kind> kind(Node node) {
        if (!node.outputs().isEmpty() && node.output(0).isPresent()) {
            typing.note(node.op(), node.inputs(), node.output(0));
        }
        if (node.inputs().stream().allMatch(this::isSame)) {
            return Optional.of(SAME);
        }
        var first = kind(node.input(0));
        if (longer.contains(node)) {
            // The cache is made as long as inputs are that have an element for each entry.
            boolean isAsLong = kind(node.input(1)) instanceof Kind.Length length && length.isTotal;
            return isAsLong ? Optional.of(first) : Optional.empty();
        }
        if (written.contains(node)) {
            // Entries of the past stay, and new ones are written where they would be without free places.
            boolean isTold = isSame(node.input(1)) && isSame(node.input(2));
            return isTold ? Optional.of(new Kind.Longer(2, false)) : Optional.empty();
        }
        if (node.inputs().stream().anyMatch(value -> kind(value) instanceof Kind.Length)
                || node.op() instanceof Shape
                || node.op() instanceof Size) {
            return length(node);
        }
        return switch (node.op()) {
            case Attention _ -> attended(node);
            case ReduceSum _ -> summed(node);
            case Unsqueeze _ -> unsqueezed(node);
            case Elementwise _ -> elements(node);
            default -> Optional.empty();
        };
    }

    /// Numbers that are computed from lengths: those of which all is known that there is to know are told by
    /// that.
    private Optional<Kind> length(Node node) {
        boolean measures = node.op() instanceof Shape || node.op() instanceof Size;
        boolean isPast = node.inputs().stream().anyMatch(value -> tells(value, true)) || isOfState(node);
        boolean isTotal = node.inputs().stream().anyMatch(value -> tells(value, false)) || measures && !isOfState(node);
        var contents = typing.contents(node.output(0));
        if (contents.isPresent() && contents.get().stream().noneMatch(Dim::isUnknown)) {
            boolean hasPast = contents.get().stream().anyMatch(dim -> depends(dim, past));
            boolean hasTotal = contents.get().stream().anyMatch(dim -> depends(dim, total));
            return Optional.of(hasPast || hasTotal ? new Kind.Length(hasPast, hasTotal) : SAME);
        }
        if (node.op() instanceof Range) {
            // From the same number on, there are only more.
            boolean isLonger = isSame(node.input(0)) && isSame(node.input(2)) && !isPast;
            return isLonger && isAscending(node) ? Optional.of(new Kind.Longer(1, false)) : Optional.empty();
        }
        boolean isArithmetic = node.op() instanceof Elementwise
                || node.op() instanceof View
                || node.op() instanceof Assembly
                || node.op() instanceof Gather;
        boolean areNumbers =
                node.inputs().stream().allMatch(value -> isSame(value) || kind(value) instanceof Kind.Length);
        return measures || isArithmetic && areNumbers
                ? Optional.of(new Kind.Length(isPast, isTotal))
                : Optional.empty();
    }

    /// Whether a number tells the length of the past, or of all entries.
    private boolean tells(Value value, boolean ofPast) {
        return kind(value) instanceof Kind.Length length && (ofPast ? length.isPast : length.isTotal);
    }

    private boolean isAscending(Node range) {
        return graph.constant(range.input(2))
                .filter(step -> step.type().isInteger() && step.getLong(0) > 0)
                .isPresent();
    }

    /// Whether it is a state, as it comes in, of which the node tells the shape.
    private boolean isOfState(Node node) {
        return node.inputs().stream()
                .anyMatch(value -> graph.inputs().contains(value)
                        && value.type().shape().dims().orElse(List.of()).contains(past));
    }

    private static boolean depends(Dim length, Dim symbol) {
        var without = length.with(each -> each.equals(symbol) ? Dim.of(0) : each);
        return !without.equals(length);
    }

    /// Keys that do not count are hidden, whatever the mask says.
    private Optional<Kind> attended(Node node) {
        boolean isHidden = node.input(COUNTS).isPresent()
                && isSame(node.input(COUNTS))
                && isSame(node.input(0))
                && !node.input(PAST_KEY).isPresent()
                && isCache(node.input(1))
                && isCache(node.input(2))
                && (isSame(node.input(MASK)) || isLonger(node.input(MASK), 1))
                && node.outputs().stream().skip(1).noneMatch(Value::isPresent);
        return isHidden ? Optional.of(SAME) : Optional.empty();
    }

    private boolean isLonger(Value value, int fromEnd) {
        return kind(value) instanceof Kind.Longer longer && longer.fromEnd == fromEnd;
    }

    private boolean isCache(Value value) {
        return value.type().shape().hasRank()
                && value.type().shape().rank() == HEADS_RANK
                && kind(value).equals(new Kind.Longer(2, false));
    }

    private Optional<Kind> summed(Node node) {
        var rank = rank(node.input(0));
        var axes = graph.constant(node.input(1)).map(Tensor::toLongArray);
        if (!(kind(node.input(0)) instanceof Kind.Longer(var fromEnd, var isZero))
                || !isZero
                || rank.isEmpty()
                || axes.isEmpty()) {
            return Optional.empty();
        }
        for (long axis : axes.get()) {
            if (Axes.normalize(axis, rank.get()) == rank.get() - fromEnd) {
                return Optional.of(SAME);
            }
        }
        return Optional.empty();
    }

    private Optional<Kind> unsqueezed(Node node) {
        var rank = rank(node.output(0));
        var axes = graph.constant(node.input(1)).map(Tensor::toLongArray);
        if (!(kind(node.input(0)) instanceof Kind.Longer(var fromEnd, var isZero))
                || rank.isEmpty()
                || axes.isEmpty()) {
            return Optional.empty();
        }
        var isNew = new boolean[rank.get()];
        for (long axis : axes.get()) {
            isNew[Axes.normalize(axis, rank.get())] = true;
        }
        var old = new ArrayList<Integer>();
        for (int axis = rank.get() - 1; axis >= 0; axis--) {
            if (!isNew[axis]) {
                old.add(rank.get() - axis);
            }
        }
        return Optional.of(new Kind.Longer(old.get(fromEnd - 1), isZero));
    }

    private static Optional<Integer> rank(Value value) {
        return value.type().shape().dims().map(List::size);
    }

    /// All inputs that are longer are so along the same dimension, where others have one element.
    private Optional<Kind> elements(Node node) {
        var found = node.inputs().stream()
                .map(this::kind)
                .filter(kind -> kind instanceof Kind.Longer)
                .toList();
        if (found.isEmpty() || !(found.getFirst() instanceof Kind.Longer(var fromEnd, var isZero))) {
            return Optional.empty();
        }
        for (var value : node.inputs()) {
            var dims = value.type().shape().dims();
            boolean fits = !value.isPresent()
                    || isLonger(value, fromEnd)
                    || isSame(value)
                            && dims.isPresent()
                            && (dims.get().size() < fromEnd
                                    || dims.get()
                                            .get(dims.get().size() - fromEnd)
                                            .is(1));
            if (!fits) {
                return Optional.empty();
            }
        }
        return Optional.of(new Kind.Longer(fromEnd, isZero && node.op() instanceof Cast));
    }
}
