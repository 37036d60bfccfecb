package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.view.View;
import dev.balsa.ir.window.Conv;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Changes the shape of a matrix product, or of an image that a convolution makes with channels last, only after the
/// elementwise operators that it alone goes through, so that they can be part of the product's chain.
///
/// @param acceptance what can be fused to what
public record DelayView(FuseChain.Acceptance acceptance) implements Rule {
    /// Elementwise operators between a product and a view of their result that are looked through.
    private static final int MOST_BETWEEN = 16;
    /// No operator with more is moved.
    private static final int MOST_OPERANDS = 8;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof View)
                || !isKnown(node.input(0))
                || !isKnown(node.output(0))
                || view.soleConsumer(node.input(0)).isEmpty()) {
            return Optional.empty();
        }
        return product(node.input(0), view)
                .filter(head -> acceptance.head(head, view))
                .flatMap(head -> new Delay(node, head, view).patch());
    }

    /// The product whose result, changed by elementwise operators alone, is `value`.
    private static Optional<Node> product(Value value, GraphView view) {
        var result = value;
        for (int i = 0; i < MOST_BETWEEN; i++) {
            var maker = view.producer(result);
            if (maker.isEmpty() || view.soleConsumer(result).isEmpty()) {
                return Optional.empty();
            }
            if (isProduct(core(maker.get()))) {
                return maker;
            }
            var shape = result.type().shape();
            var before = maker.get().inputs().stream()
                    .filter(input -> input.type().shape().equals(shape)
                            && view.producer(input).isPresent())
                    .findFirst();
            if (!(maker.get().op() instanceof Elementwise) || before.isEmpty()) {
                return Optional.empty();
            }
            result = before.get();
        }
        return Optional.empty();
    }

    private static Op core(Node node) {
        return node.op() instanceof Fused fused ? fused.core() : node.op();
    }

    private static boolean isProduct(Op op) {
        return op instanceof MatMul || op instanceof Gemm || op instanceof ChannelsLast(Conv _);
    }

    private static boolean isKnown(Value value) {
        return value.type().shape().isKnown();
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    /// One view, and what comes before it in the end.
    private final class Delay {
        private final Node delayed;
        private final Node head;
        private final GraphView view;
        private final Shape before;
        private final Shape after;
        private final List<Value> inputs;
        private Fused chain;
        private final List<Node> removed = new ArrayList<>();
        private final List<Node> added = new ArrayList<>();
        private final Map<Value, Tensor> constants = new LinkedHashMap<>();
        private final Map<Value, Value> seen = new HashMap<>();
        /// What the chain has come to, before the view and behind it.
        private Value early;

        private Value late;

        Delay(Node delayed, Node head, GraphView view) {
            this.delayed = delayed;
            this.head = head;
            this.view = view;
            early = delayed.input(0);
            late = delayed.output(0);
            before = shape(early);
            after = shape(late);
            inputs = new ArrayList<>(head.inputs());
            chain = FuseChain.fused(head);
            removed.add(delayed);
        }

        Optional<Patch> patch() {
            for (var next = view.soleConsumer(late); next.isPresent(); next = view.soleConsumer(late)) {
                if (!moves(next.get())) {
                    break;
                }
            }
            if (removed.size() == 1) {
                return Optional.empty();
            }
            added.add(reshape(delayed.name(), early, late));
            return Optional.of(new Patch("DelayView " + delayed.label(), removed, added, constants, Map.of()));
        }

        private boolean moves(Node next) {
            boolean fits = next.op() instanceof Elementwise
                    && next.outputs().size() == 1
                    && next.inputs().size() <= MOST_OPERANDS
                    && next.inputs().stream().allMatch(value -> !value.isPresent() || isKnown(value))
                    && isKnown(next.output(0))
                    && shape(next.output(0)).equals(after)
                    && next.inputs().stream().allMatch(this::canMove);
            if (!fits) {
                return false;
            }
            int others = added.size();
            var operands = next.inputs().stream().map(this::operand).toList();
            var result = next.output(0);
            var moved = new Node(
                    next.name(),
                    next.op(),
                    operands,
                    List.of(new Value(result.name() + ".early", result.type().withShape(SymbolicShape.of(before)))));
            var extended = new ArrayList<>(inputs);
            var step = FuseChain.step(moved, early, extended);
            var longer = FuseChain.extended(chain, step);
            if (!acceptance.follows(longer, head.output(0), moved, extended, view)) {
                added.subList(others, added.size()).clear();
                return false;
            }
            inputs.clear();
            inputs.addAll(extended);
            chain = longer;
            added.add(moved);
            removed.add(next);
            early = moved.output(0);
            late = result;
            return true;
        }

        /// Whether an operand means the same before the view.
        private boolean canMove(Value value) {
            return !value.isPresent()
                    || shape(value).equals(after)
                    || shape(value).size() == 1
                    || isAlongRows(shape(value));
        }

        private boolean isAlongRows(Shape operand) {
            long length = operand.size();
            return operand.rank() > 0
                    && operand.dim(-1) == length
                    && after.rank() > 0
                    && after.dim(-1) == length
                    && before.rank() > 0
                    && before.dim(-1) == length;
        }

        private Value operand(Value value) {
            if (value.equals(late)) {
                return early;
            }
            if (!value.isPresent()) {
                return value;
            }
            var own = shape(value);
            if (own.equals(after)) {
                return seen.computeIfAbsent(value, _ -> see(value, before));
            }
            return own.rank() <= before.rank()
                    ? value
                    : seen.computeIfAbsent(value, _ -> see(value, Shape.of(own.size())));
        }

        /// A value in another shape.
        private Value see(Value value, Shape wanted) {
            var type = TensorType.of(value.type().dtype(), wanted);
            var other = new Value(delayed.output(0).name() + "." + value.name(), type);
            var tensor = view.constant(value);
            if (tensor.isPresent()) {
                constants.put(other, tensor.get().reshaped(wanted));
            } else {
                added.add(reshape(delayed.name(), value, other));
            }
            return other;
        }

        private Node reshape(String name, Value from, Value to) {
            var dims = shape(to).toArray();
            var tensor = Tensor.of(dims, dims.length);
            var wanted = new Value(to.name() + ".shape", TensorType.of(tensor));
            constants.put(wanted, tensor);
            return new Node(name, new Reshape(true), List.of(from, wanted), List.of(to));
        }
    }
}
