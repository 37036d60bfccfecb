package dev.balsa.rewrite.past;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.And;
import dev.balsa.ir.elementwise.Not;
import dev.balsa.ir.elementwise.Or;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.view.Reshape;
import dev.balsa.tensor.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// States with what is new, and attention to them in which the gap has no weight.
final class WindowAttention {
    private static final int HEADS_RANK = 4;
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int COUNTS = 6;
    private static final int SCORES = 3;

    private final WindowEmission emission;
    /// What has been done to masks that several layers have: to those that are added, that hide, and that show.
    private final Map<Value, Value> adding = new HashMap<>();

    private final Map<Value, Value> hiding = new HashMap<>();
    private final Map<Value, Value> showing = new HashMap<>();

    WindowAttention(WindowEmission emission) {
        this.emission = emission;
    }

    /// The window of a state's places, after what is new has been written to its end.
    ///
    /// @param places of the state: the original's past, with all places there
    private Value written(Value places, Value added, int axis, String name) {
        var samples = emission.make(new dev.balsa.ir.leaf.Shape(0, Optional.of(1L)), added);
        var at = emission.make(new Expand(), emission.pastLength(), samples);
        var all = emission.make(new TensorScatter(axis, false), places, added, at);
        return emission.first(name, all, axis, emission.allLength());
    }

    /// A Concat of the past and what is new.
    ///
    /// @param inputs the state's places, and what is new
    Optional<List<Kept>> joined(Node node, List<Kept> inputs) {
        var added = inputs.get(1);
        if (emission.depends(added) || !added.value().type().shape().hasRank()) {
            return Optional.empty();
        }
        var op = (dev.balsa.ir.assembly.Concat) node.op();
        int axis = Axes.normalize(op.axis(), added.rank());
        return Optional.of(List.of(Kept.of(
                written(
                        inputs.getFirst().value(),
                        added.value(),
                        axis,
                        node.output(0).name()),
                false)));
    }

    /// Attention that puts the past and what is new together itself.
    Optional<List<Kept>> attention(Node node, Attention op, List<Kept> inputs) {
        boolean isUsual = inputs.stream().limit(MASK).noneMatch(emission::depends)
                && inputs.stream()
                        .limit(MASK)
                        .allMatch(input -> input.value().type().shape().hasRank())
                && !node.input(COUNTS).isPresent()
                && !node.output(SCORES).isPresent();
        var mask = isUsual
                ? mask(op, node.input(MASK).isPresent() ? inputs.get(MASK) : Kept.NONE)
                : Optional.<Value>empty();
        if (mask.isEmpty()) {
            return Optional.empty();
        }
        var q = inputs.get(0).value();
        boolean isPacked = q.type().shape().rank() != HEADS_RANK;
        var keys = written(inputs.get(PAST_KEY).value(), heads(inputs.get(1), op.heads()), 2, name(node, 1));
        var values = written(inputs.get(PAST_VALUE).value(), heads(inputs.get(2), op.heads()), 2, name(node, 2));
        var seeing = new Attention(0, 0, op.scale(), false, op.cap(), op.stage());
        var queries = heads(inputs.get(0), op.queryHeads());
        if (!isPacked) {
            var y = emission.makeNamed(node.output(0).name(), seeing, queries, keys, values, mask.get());
            return kept(List.of(y, keys, values));
        }
        var y = emission.make(seeing, queries, keys, values, mask.get());
        var rows = emission.make(new Transpose(List.of(0L, 2L, 1L, 3L)), y);
        var packed = emission.makeNamed(node.output(0).name(), new Reshape(false), rows, emission.numbers(0, 0, -1));
        return kept(List.of(packed, keys, values));
    }

    private Optional<List<Kept>> kept(List<Value> values) {
        return values.stream().allMatch(value -> emission.isSound(value.type()))
                ? Optional.of(
                        values.stream().map(value -> Kept.of(value, false)).toList())
                : Optional.empty();
    }

    private static String name(Node node, int output) {
        return node.output(output).isPresent()
                ? node.output(output).name()
                : WindowEmission.PREFIX + node.name() + output;
    }

    private Value heads(Kept operand, long heads) {
        var value = operand.value();
        if (value.type().shape().rank() == HEADS_RANK) {
            return value;
        }
        var apart = emission.make(new Reshape(false), value, emission.numbers(0, 0, heads, -1));
        return emission.make(new Transpose(List.of(0L, 2L, 1L, 3L)), apart);
    }

    private Optional<Value> mask(Attention op, Kept given) {
        var seen = op.causal() ? emission.order() : emission.seen();
        if (!given.isPresent()) {
            return Optional.of(seen);
        }
        var shape = given.value().type().shape();
        boolean isAll = given.isStill() && shape.hasRank() && shape.rank() >= 1 && emission.isWindow(shape.dim(-1));
        var type = given.value().type().dtype();
        if (!isAll || type != DataType.BOOL && type != DataType.FLOAT32) {
            return Optional.empty();
        }
        return Optional.of(
                type == DataType.BOOL ? emission.make(new And(), given.value(), seen) : added(given.value(), seen));
    }

    private Value added(Value mask, Value seen) {
        return emission.make(
                new Where(), seen, mask, emission.lowest(mask.type().dtype()));
    }

    /// Softmax of scores, from which the gap is hidden before.
    Optional<List<Kept>> weighed(Node node, Softmax op, List<Kept> inputs) {
        var scores = inputs.getFirst();
        var shape = scores.value().type().shape();
        if (!shape.hasRank() || !scores.isStill() || op.flattened()) {
            return Optional.empty();
        }
        int axis = Axes.normalize(op.axis(), shape.rank());
        if (!emission.isWindow(shape.dim(axis))) {
            return emission.add(node, inputs, OptionalLong.of(0), false);
        }
        if (axis != shape.rank() - 1) {
            return Optional.empty();
        }
        var hidden = Kept.of(hidden(scores.value()), false);
        boolean isOnlyWindow = emission.windows(scores.value()).size() == 1;
        return emission.add(node, List.of(hidden), OptionalLong.of(0), isOnlyWindow);
    }

    /// Scores that are infinitely low in the gap. Where a mask is there already it tells that, too, so that they are
    /// masked once.
    private Value hidden(Value scores) {
        var made = emission.producer(scores);
        if (made.isPresent() && made.get().op() instanceof Add) {
            for (int i = 0; i < 2; i++) {
                var mask = made.get().input(i);
                var other = made.get().input(1 - i);
                if (isMask(mask, scores) && other.type().equals(scores.type())) {
                    var all = adding.computeIfAbsent(mask, each -> added(each, emission.seen()));
                    return emission.make(new Add(), other, all);
                }
            }
        }
        if (made.isPresent() && made.get().op() instanceof Where) {
            var chosen = made.get().inputs();
            if (isLowest(chosen.get(1))) {
                var all = hiding.computeIfAbsent(
                        chosen.getFirst(),
                        each -> emission.make(new Or(), each, emission.make(new Not(), emission.seen())));
                return emission.make(new Where(), all, chosen.get(1), chosen.get(2));
            }
            if (isLowest(chosen.get(2))) {
                var all = showing.computeIfAbsent(
                        chosen.getFirst(), each -> emission.make(new And(), each, emission.seen()));
                return emission.make(new Where(), all, chosen.get(1), chosen.get(2));
            }
        }
        return added(scores, emission.seen());
    }

    /// Whether an addend of scores is the same for several heads, as masks are.
    private boolean isMask(Value addend, Value scores) {
        var shape = addend.type().shape();
        return shape.hasRank()
                && shape.rank() >= 1
                && emission.isWindow(shape.dim(-1))
                && (shape.rank() < scores.type().shape().rank()
                        || shape.list().stream().anyMatch(dim -> dim.is(1)));
    }

    private boolean isLowest(Value value) {
        return emission.constant(value)
                .filter(tensor -> tensor.size() == 1 && tensor.getDouble(0) == Double.NEGATIVE_INFINITY)
                .isPresent();
    }
}
