package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.attention.SegmentMask;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.fusion.MatrixView;
import dev.balsa.ir.fusion.ScoreMask;
import dev.balsa.ir.fusion.ViewedAttention;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.view.View;
import dev.balsa.rewrite.ElementView.Loop;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The product of queries and keys, their softmax and the product with values become one [ViewedAttention]:
/// `MatMul`, multiplied or divided by a constant before or after, then a mask by `Add` or `Where`, `Softmax`
/// along the last dimension, `MatMul`, as exporters of PyTorch write it. Of a [SegmentMask] its ranges are kept.
///
/// What only rearranges operands and result (Transpose, Reshape, Slice, Expand and the like) goes, too. Shapes
/// are known.
///
/// @param acceptance what is worth fusing
public record FuseAttention(Predicate<ViewedAttention> acceptance) implements Rule {
    private static final int MASK = 3;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Softmax softmax)
                || !isFloat(node.output(0))
                || shape(node.output(0)).rank() < 2
                || shape(node.output(0)).size() == 0
                || Axes.normalize(softmax.axis(), shape(node.output(0)).rank())
                        != shape(node.output(0)).rank() - 1) {
            return Optional.empty();
        }
        var mixing = view.soleConsumer(node.output(0))
                .filter(next -> isProduct(next)
                        && next.input(0).equals(node.output(0))
                        && !next.input(1).equals(node.output(0)));
        var scores = Scores.of(node.input(0), view);
        if (mixing.isEmpty() || scores.isEmpty()) {
            return Optional.empty();
        }
        var removed = new ArrayList<>(scores.get().nodes());
        removed.add(node);
        removed.add(mixing.get());
        return new Attempt(scores.get(), mixing.get(), view, acceptance).patch(name() + " " + node.label(), removed);
    }

    private static boolean isProduct(Node node) {
        return node.op() instanceof MatMul
                && isFloat(node.input(0))
                && isFloat(node.input(1))
                && isFloat(node.output(0))
                && shape(node.input(0)).rank() >= 2
                && shape(node.input(1)).rank() >= 2;
    }

    private static boolean isFloat(Value value) {
        return value.type().dtype() == DataType.FLOAT32 && value.type().shape().isKnown();
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    /// How scores are made.
    ///
    /// @param product of queries and keys
    /// @param scale what products are multiplied by
    /// @param mask the tensor of the mask, or [Value#NONE]
    /// @param nodes all that make scores alone
    private record Scores(Node product, float scale, Value mask, ScoreMask.Use use, float hidden, List<Node> nodes) {
        /// Follows the scores of a softmax back to a product, if nobody else uses what lies between.
        static Optional<Scores> of(Value scores, GraphView view) {
            var node =
                    view.producer(scores).filter(_ -> view.soleConsumer(scores).isPresent());
            if (node.isEmpty()) {
                return Optional.empty();
            }
            var inputs = node.get().inputs();
            if (node.get().op() instanceof Add) {
                return added(node.get(), inputs.get(0), inputs.get(1), view)
                        .or(() -> added(node.get(), inputs.get(1), inputs.get(0), view));
            }
            if (node.get().op() instanceof Where
                    && inputs.getFirst().type().shape().isKnown()) {
                return chosen(node.get(), ScoreMask.Use.HIDDEN, inputs.get(1), inputs.get(2), view)
                        .or(() -> chosen(node.get(), ScoreMask.Use.SEEN, inputs.get(2), inputs.get(1), view));
            }
            return unmasked(scores, 1, new ArrayList<>(), view);
        }

        private static Optional<Scores> added(Node node, Value scores, Value mask, GraphView view) {
            if (!isFloat(mask) || !scores.type().equals(node.output(0).type()) || scores.equals(mask)) {
                return Optional.empty();
            }
            var segments = view.producer(mask).filter(made -> made.op() instanceof SegmentMask);
            var use = segments.isPresent() ? ScoreMask.Use.WITHIN : ScoreMask.Use.ADDED;
            var told = segments.map(made -> made.input(0)).orElse(mask);
            return unmasked(scores, 1, new ArrayList<>(List.of(node)), view).map(found -> found.masked(told, use, 0));
        }

        private static Optional<Scores> chosen(
                Node node, ScoreMask.Use use, Value constant, Value scores, GraphView view) {
            var hidden = Scalars.constant(constant, view);
            if (hidden.isEmpty() || !scores.type().equals(node.output(0).type())) {
                return Optional.empty();
            }
            return unmasked(scores, 1, new ArrayList<>(List.of(node)), view)
                    .map(found -> found.masked(node.input(0), use, hidden.get()));
        }

        private Scores masked(Value other, ScoreMask.Use how, float score) {
            return new Scores(product, scale, other, how, score, nodes);
        }

        private static Optional<Scores> unmasked(Value scores, float scale, List<Node> nodes, GraphView view) {
            var node =
                    view.producer(scores).filter(_ -> view.soleConsumer(scores).isPresent());
            if (node.isEmpty()) {
                return Optional.empty();
            }
            nodes.add(node.get());
            if (isProduct(node.get())) {
                return Optional.of(new Scores(node.get(), scale, Value.NONE, ScoreMask.Use.ADDED, 0, nodes.reversed()));
            }
            boolean divides = node.get().op() instanceof Div;
            if (!divides && !(node.get().op() instanceof Mul)) {
                return Optional.empty();
            }
            for (int i = divides ? 1 : 0; i < 2; i++) {
                var factor = Scalars.constant(node.get().input(i), view);
                var other = node.get().input(1 - i);
                if (factor.isPresent() && other.type().equals(scores.type())) {
                    float by = divides ? 1 / factor.get() : factor.get();
                    return unmasked(other, scale * by, nodes, view);
                }
            }
            return Optional.empty();
        }
    }

    /// The making of a patch.
    private record Attempt(Scores scores, Node mixing, GraphView view, Predicate<ViewedAttention> acceptance) {
        Optional<Patch> patch(String label, List<Node> removed) {
            var query = operand(
                    scores.product.input(0),
                    each -> stride(each, 1).filter(Attempt::isNear).isPresent());
            var key = operand(
                    scores.product.input(1),
                    each -> stride(each, 1).isPresent()
                            && (isNear(stride(each, 0).orElse(-1L))
                                    || isNear(stride(each, 1).orElseThrow())));
            var value = operand(
                    mixing.input(1),
                    each -> each.factor() == 1
                            && stride(each, 1).filter(Attempt::isNear).isPresent());
            var result = result(removed);
            var mask = scores.mask.isPresent()
                    ? Optional.of(operand(
                            scores.mask,
                            each -> each.factor() == 1 && stride(each, 1).isPresent()))
                    : Optional.<ElementView>empty();
            var all = new ArrayList<>(List.of(query, key, value, result));
            mask.ifPresent(all::add);
            return Batches.of(shape(mixing.output(0)).toList(), all)
                    .flatMap(batches -> attention(batches, all))
                    .filter(acceptance)
                    .map(op -> {
                        var inputs = new ArrayList<>(List.of(query.base(), key.base(), value.base()));
                        mask.ifPresent(each -> inputs.add(each.base()));
                        return Patch.fuse(label, removed, new Node(mixing.name(), op, inputs, List.of(result.base())));
                    });
        }

        private static boolean isNear(long stride) {
            return stride == 1 || stride == 0;
        }

        /// The elements of a value as far back as they can be told by rows and columns.
        private ElementView operand(Value value, Predicate<ElementView> isUsable) {
            var best = ElementView.of(value);
            for (var next = best.before(view);
                    next.isPresent();
                    next = next.get().before(view)) {
                if (stride(next.get(), 0).isPresent() && isUsable.test(next.get())) {
                    best = next.get();
                }
            }
            return best;
        }

        /// The results as far on as nobody else uses them; what rearranges them is removed.
        private ElementView result(List<Node> removed) {
            var best = ElementView.of(mixing.output(0));
            var latest = best;
            var passed = new ArrayList<Node>();
            while (true) {
                var next = view.soleConsumer(latest.base());
                if (next.isEmpty() || !isRearranging(next.get(), latest.base())) {
                    return best;
                }
                var moved = latest.after(next.get());
                if (moved.isEmpty()) {
                    return best;
                }
                latest = moved.get();
                passed.add(next.get());
                boolean fits = stride(latest, 0).isPresent()
                        && stride(latest, 1).filter(Attempt::isNear).isPresent();
                if (fits && next.get().op() instanceof Transpose) {
                    best = latest;
                    removed.addAll(passed);
                    passed.clear();
                }
            }
        }

        private static boolean isRearranging(Node node, Value value) {
            return (node.op() instanceof View || node.op() instanceof Transpose)
                    && node.input(0).equals(value)
                    && node.output(0).type().shape().isKnown()
                    && node.inputs().stream().filter(value::equals).count() == 1;
        }

        /// The distance of rows (0) or columns (1) if there is one; 0 for a single one.
        private static Optional<Long> stride(ElementView matrices, int which) {
            var dims = matrices.dims();
            if (dims.size() < 2) {
                // A mask may be a single row.
                return which == 0 ? Optional.of(0L) : dims.isEmpty() ? Optional.of(0L) : stride(dims.getLast());
            }
            return stride(dims.get(dims.size() - 2 + which));
        }

        private static Optional<Long> stride(List<Loop> loops) {
            return switch (loops.size()) {
                case 0 -> Optional.of(0L);
                case 1 -> Optional.of(loops.getFirst().stride());
                default -> Optional.empty();
            };
        }

        private Optional<ViewedAttention> attention(Batches batches, List<ElementView> all) {
            var views = new ArrayList<MatrixView>();
            for (int i = 0; i < all.size(); i++) {
                var rows = stride(all.get(i), 0);
                var columns = stride(all.get(i), 1);
                if (rows.isEmpty() || columns.isEmpty()) {
                    return Optional.empty();
                }
                views.add(new MatrixView(all.get(i).offset(), batches.strides().get(i), rows.get(), columns.get()));
            }
            var product = scores.product;
            var keys = views.get(1);
            float scale = scores.scale * all.get(0).factor() * all.get(1).factor();
            var mask = views.size() > MASK + 1
                    ? Optional.of(new ScoreMask(scores.use, views.get(MASK + 1), scores.hidden))
                    : Optional.<ScoreMask>empty();
            return Optional.of(new ViewedAttention(
                    batches.sizes(),
                    shape(product.output(0)).dim(-2),
                    shape(product.output(0)).dim(-1),
                    shape(product.input(0)).dim(-1),
                    shape(mixing.output(0)).dim(-1),
                    scale,
                    views.get(0),
                    // The product's right factor has a column for each key.
                    keys.turned(),
                    views.get(2),
                    views.get(3),
                    mask,
                    shape(all.get(3).base()).toList()));
        }
    }

    /// The dimensions of a batch, as fine as the loops of all operands need them.
    ///
    /// @param strides for each operand and dimension
    private record Batches(List<Long> sizes, List<List<Long>> strides) {
        /// @param shape of the product
        static Optional<Batches> of(List<Long> shape, List<ElementView> operands) {
            var sizes = new ArrayList<Long>();
            var strides = new ArrayList<List<Long>>();
            operands.forEach(_ -> strides.add(new ArrayList<>()));
            for (int axis = 0; axis < shape.size() - 2; axis++) {
                var open = new ArrayList<List<Loop>>();
                for (var operand : operands) {
                    int own = axis - shape.size() + operand.dims().size();
                    var loops = own < 0 ? List.<Loop>of() : operand.dims().get(own);
                    open.add(new ArrayList<>(loops.isEmpty() ? List.of(new Loop(shape.get(axis), 0)) : loops));
                }
                if (!divide(shape.get(axis), open, sizes, strides)) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Batches(sizes, strides));
        }

        /// Divides a dimension from the inside, always by the shortest of the innermost loops.
        private static boolean divide(long length, List<List<Loop>> open, List<Long> sizes, List<List<Long>> strides) {
            int at = sizes.size();
            for (long left = length; left > 1; ) {
                long size = open.stream()
                        .mapToLong(loops -> loops.getLast().size())
                        .min()
                        .orElseThrow();
                for (int i = 0; i < open.size(); i++) {
                    var loop = open.get(i).removeLast();
                    if (loop.size() % size != 0) {
                        return false;
                    }
                    strides.get(i).add(at, loop.stride());
                    if (loop.size() > size) {
                        open.get(i).add(new Loop(loop.size() / size, loop.stride() * size));
                    }
                }
                sizes.add(at, size);
                left /= size;
            }
            return true;
        }
    }
}
