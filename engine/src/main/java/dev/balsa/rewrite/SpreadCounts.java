package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.And;
import dev.balsa.ir.elementwise.Less;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.view.Unsqueeze;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An Attention of which an input tells how many keys of each batch entry count gets a mask that says so, as
/// kernels know it: a key counts for a query if it comes before the bound of that.
///
/// Shapes are known.
public final class SpreadCounts implements Rule {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int COUNTS = 6;
    private static final int SCORES = 3;
    /// Of heads that are not packed.
    private static final int HEADS_RANK = 4;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Attention op)
                || !node.input(COUNTS).isPresent()
                || node.output(SCORES).isPresent()
                || !node.inputs().stream()
                        .allMatch(value ->
                                !value.isPresent() || value.type().shape().isKnown())) {
            return Optional.empty();
        }
        long past =
                node.input(PAST_KEY).isPresent() ? shape(node.input(PAST_KEY)).dim(2) : 0;
        long keys = past + length(node.input(1));
        var mask = node.input(MASK);
        boolean isKnown = shape(node.input(COUNTS)).rank() == 1 && isKnown(mask, keys);
        return isKnown ? Optional.of(new Spreading(node, op, keys).patch(name())) : Optional.empty();
    }

    /// Whether a mask, if there is one, can be put together with another.
    private static boolean isKnown(Value mask, long keys) {
        return !mask.isPresent()
                || (mask.type().dtype() == DataType.BOOL || mask.type().dtype() == DataType.FLOAT32)
                        && shape(mask).rank() > 0
                        && shape(mask).dim(-1) == keys;
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    private static long length(Value heads) {
        return shape(heads).dim(shape(heads).rank() == HEADS_RANK ? 2 : 1);
    }

    private static final class Spreading {
        private final Node node;
        private final Attention op;
        private final long keys;
        private final List<Node> added = new ArrayList<>();
        private final Map<Value, Tensor> constants = new LinkedHashMap<>();

        Spreading(Node node, Attention op, long keys) {
            this.node = node;
            this.op = op;
            this.keys = keys;
        }

        /// What all layers have that are told the same counts.
        private Value constant(String name, Tensor tensor) {
            var value = new Value(node.input(COUNTS).name() + "." + name, TensorType.of(tensor));
            constants.put(value, tensor);
            return value;
        }

        private Value make(String name, Op made, DataType type, Shape shape, Value... inputs) {
            var value = new Value(node.output(0).name() + "." + name, TensorType.of(type, shape));
            added.add(new Node(node.name(), made, List.of(inputs), List.of(value)));
            return value;
        }

        Patch patch(String rule) {
            var inputs = new ArrayList<>(node.inputs().subList(0, COUNTS));
            inputs.set(MASK, mask());
            while (!inputs.getLast().isPresent()) {
                inputs.removeLast();
            }
            var plain = new Attention(op.queryHeads(), op.heads(), op.scale(), false, op.cap(), op.stage());
            added.add(new Node(node.name(), plain, inputs, node.outputs()));
            return new Patch(rule + " " + node.label(), List.of(node), added, constants, Map.of());
        }

        /// What hides keys behind those that count, and what the mask hid before.
        private Value mask() {
            var given = node.input(MASK);
            var bound = bound();
            var all = Shape.of(shape(bound).dim(0), 1, shape(bound).dim(2), keys);
            var numbers = Tensor.allocate(DataType.INT64, Shape.of(keys));
            for (int key = 0; key < keys; key++) {
                numbers.setLong(key, key);
            }
            var counts = make("counts", new Less(), DataType.BOOL, all, constant("keys" + keys, numbers), bound);
            if (!given.isPresent()) {
                return counts;
            }
            var together = together(all, shape(given));
            if (given.type().dtype() == DataType.BOOL) {
                return make("mask", new And(), DataType.BOOL, together, given, counts);
            }
            var hidden = constant("hidden", Tensor.of(new float[] {Float.NEGATIVE_INFINITY}));
            return make("mask", new Where(), DataType.FLOAT32, together, counts, given, hidden);
        }

        /// The first key that does not count: `[batch, 1, queries or 1, 1]`.
        private Value bound() {
            var counts = node.input(COUNTS);
            long batch = shape(counts).size();
            var axes = constant("axes", Tensor.of(new long[] {1, 2, HEADS_RANK - 1}, HEADS_RANK - 1));
            var one = Shape.of(batch, 1, 1, 1);
            var count = make("count", new Unsqueeze(), DataType.INT64, one, counts, axes);
            if (!op.causal()) {
                return count;
            }
            long queries = length(node.input(0));
            var each = Shape.of(batch, 1, queries, 1);
            // Where keys of earlier calls are given apart, these tell the place of the first query.
            boolean hasPast = node.input(PAST_KEY).isPresent();
            long first = hasPast ? shape(node.input(PAST_KEY)).dim(2) : -queries;
            var own = Tensor.allocate(DataType.INT64, Shape.of(queries, 1));
            for (int query = 0; query < queries; query++) {
                own.setLong(query, first + query + 1);
            }
            return make(
                    "bound",
                    hasPast ? new Min() : new Add(),
                    DataType.INT64,
                    each,
                    count,
                    constant("own" + first, own));
        }

        private static Shape together(Shape all, Shape mask) {
            var dims = new ArrayList<>(all.toList());
            for (int axis = 0; axis < mask.rank(); axis++) {
                int to = HEADS_RANK - mask.rank() + axis;
                dims.set(to, Math.max(dims.get(to), mask.dim(axis)));
            }
            return Shape.of(dims);
        }
    }
}
