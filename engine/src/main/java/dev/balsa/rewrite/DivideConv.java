package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Unary;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.window.Conv;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A convolution whose channels are those of several groups becomes one convolution for each group, if a Reshape
/// gives the groups a dimension of their own and a Transpose takes them in front of the pixels and the group's channels
/// behind them, as detectors do with the numbers of their anchors. With channels last each makes what lies together in
/// the result, and nothing is transposed.
///
/// For one image only: groups of several lie between each other.
///
/// @param images which operators want their images with channels last; others are left as they are
public record DivideConv(TurnImages.Acceptance images) implements Rule {
    private static final List<Long> GROUPS_FIRST = List.of(0L, 1L, 3L, 4L, 2L);
    private static final List<Long> CHANNELS_LAST = List.of(0L, 2L, 3L, 1L);
    private static final int RANK = GROUPS_FIRST.size();

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Transpose(var order)) || !order.equals(GROUPS_FIRST)) {
            return Optional.empty();
        }
        return view.producer(node.input(0))
                .filter(reshape -> reshape.op() instanceof Reshape && isAlone(reshape, view))
                .flatMap(reshape -> view.producer(reshape.input(0))
                        .filter(conv -> isDivisible(conv, reshape, view))
                        .map(conv -> new Division(conv, reshape, node, view).patch()));
    }

    private static boolean isAlone(Node node, GraphView view) {
        return view.soleConsumer(node.output(0)).isPresent();
    }

    private boolean isDivisible(Node conv, Node reshape, GraphView view) {
        if (!(conv.op() instanceof Conv(var _, long group)) || group != 1 || !isAlone(conv, view)) {
            return false;
        }
        var before = conv.output(0).type().shape();
        var after = reshape.output(0).type().shape();
        return before.isKnown()
                && after.isKnown()
                && isOfGroups(before.known().orElseThrow(), after.known().orElseThrow())
                && isOfChannels(conv.input(1), before, view)
                && (!conv.input(2).isPresent() || isOfChannels(conv.input(2), before, view))
                && images.wantsChannelsLast(conv, view.graph());
    }

    /// Whether a constant has a row for each channel; where not, the node fails in the run with its place.
    private static boolean isOfChannels(Value value, SymbolicShape image, GraphView view) {
        return view.constant(value)
                .filter(tensor -> tensor.shape().rank() > 0
                        && image.dim(1).is(tensor.shape().dim(0)))
                .isPresent();
    }

    private static boolean isOfGroups(Shape before, Shape after) {
        return before.rank() == RANK - 1
                && after.rank() == RANK
                && before.dim(0) == 1
                && after.dim(0) == 1
                && after.dim(1) > 1
                && after.dim(3) == before.dim(2)
                && after.dim(4) == before.dim(3);
    }

    private static final class Division {
        private final Node conv;
        private final GraphView view;
        private final Shape shape;
        private final List<Node> removed = new ArrayList<>();
        private final List<Node> functions = new ArrayList<>();
        private final List<Node> added = new ArrayList<>();
        private final Map<Value, Tensor> constants = new LinkedHashMap<>();

        Division(Node conv, Node reshape, Node transpose, GraphView view) {
            this.conv = conv;
            this.view = view;
            shape = reshape.output(0).type().shape().known().orElseThrow();
            removed.addAll(List.of(conv, reshape, transpose));
        }

        Patch patch() {
            var result = removed.getLast().output(0);
            for (var next = view.soleConsumer(result); next.isPresent(); next = view.soleConsumer(result)) {
                if (!(next.get().op() instanceof Unary)) {
                    break;
                }
                functions.add(next.get());
                result = next.get().output(0);
            }
            removed.addAll(functions);
            var groups = new ArrayList<Value>();
            for (int group = 0; group < shape.dim(1); group++) {
                groups.add(group(result.name() + "." + group, group));
            }
            added.add(new Node(conv.name(), new Concat(1), groups, List.of(result)));
            return new Patch("DivideConv " + conv.label(), removed, added, constants, Map.of());
        }

        /// The channels of a group, of all pixels.
        private Value group(String name, int group) {
            long channels = shape.dim(2);
            long height = shape.dim(3);
            long width = shape.dim(4);
            var operands = new ArrayList<Value>();
            operands.add(conv.input(0));
            for (int i = 1; i < conv.inputs().size() && conv.input(i).isPresent(); i++) {
                var all = view.constant(conv.input(i)).orElseThrow();
                operands.add(constant(name + "." + conv.input(i).name(), rows(all, group * channels, channels)));
            }
            var last = add(conv.name(), conv.op(), operands, name + ".conv", Shape.of(1, channels, height, width));
            for (int i = 0; i < functions.size(); i++) {
                var function = functions.get(i);
                last = add(function.name(), function.op(), List.of(last), name + ".function" + i, shape(last));
            }
            var turned = Shape.of(1, height, width, channels);
            last = add(conv.name(), new Transpose(CHANNELS_LAST), List.of(last), name + ".last", turned);
            var own = Shape.of(1, 1, height, width, channels);
            var wanted = constant(name + ".shape", Tensor.of(own.toArray(), own.rank()));
            return add(conv.name(), new Reshape(true), List.of(last, wanted), name, own);
        }

        private static Shape shape(Value value) {
            return value.type().shape().known().orElseThrow();
        }

        private Value add(String node, Op op, List<Value> inputs, String name, Shape own) {
            var value = new Value(name, TensorType.of(conv.output(0).type().dtype(), own));
            added.add(new Node(node, op, inputs, List.of(value)));
            return value;
        }

        private Value constant(String name, Tensor tensor) {
            var value = new Value(name, TensorType.of(tensor));
            constants.put(value, tensor);
            return value;
        }

        /// Some of the outermost rows of a tensor, where they are.
        private static Tensor rows(Tensor all, long first, long count) {
            var dims = all.shape().toArray();
            long bytes = all.byteSize() / dims[0];
            dims[0] = count;
            return Tensor.wrap(all.type(), Shape.of(dims), all.memory().asSlice(first * bytes, count * bytes));
        }
    }
}
