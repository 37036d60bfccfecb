package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
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
import dev.balsa.rewrite.MatrixOperands.Batches;
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
        return new Attempt(scores.get(), mixing.get(), new MatrixOperands(view), acceptance)
                .patch(name() + " " + node.label(), removed);
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
    private record Attempt(Scores scores, Node mixing, MatrixOperands operands, Predicate<ViewedAttention> acceptance) {
        Optional<Patch> patch(String label, List<Node> removed) {
            var query = operands.operand(
                    scores.product.input(0),
                    each -> MatrixOperands.stride(each, 1)
                            .filter(MatrixOperands::isNear)
                            .isPresent());
            var key = operands.operand(
                    scores.product.input(1),
                    each -> MatrixOperands.stride(each, 1).isPresent()
                            && (MatrixOperands.isNear(
                                            MatrixOperands.stride(each, 0).orElse(-1L))
                                    || MatrixOperands.isNear(
                                            MatrixOperands.stride(each, 1).orElseThrow())));
            var value = operands.operand(
                    mixing.input(1),
                    each -> each.factor() == 1
                            && MatrixOperands.stride(each, 1)
                                    .filter(MatrixOperands::isNear)
                                    .isPresent());
            var result = operands.result(mixing.output(0), removed);
            var mask = scores.mask.isPresent()
                    ? Optional.of(operands.operand(
                            scores.mask,
                            each -> each.factor() == 1
                                    && MatrixOperands.stride(each, 1).isPresent()))
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

        private Optional<ViewedAttention> attention(Batches batches, List<ElementView> all) {
            return MatrixOperands.views(batches, all).map(views -> attention(batches, all, views));
        }

        private ViewedAttention attention(Batches batches, List<ElementView> all, List<MatrixView> views) {
            var product = scores.product;
            var keys = views.get(1);
            float scale = scores.scale * all.get(0).factor() * all.get(1).factor();
            var mask = views.size() > MASK + 1
                    ? Optional.of(new ScoreMask(scores.use, views.get(MASK + 1), scores.hidden))
                    : Optional.<ScoreMask>empty();
            return new ViewedAttention(
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
                    false,
                    shape(all.get(3).base()).toList());
        }
    }
}
