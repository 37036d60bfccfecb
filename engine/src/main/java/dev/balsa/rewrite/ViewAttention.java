package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.fusion.MatrixView;
import dev.balsa.ir.fusion.ScoreMask;
import dev.balsa.ir.fusion.ViewedAttention;
import dev.balsa.rewrite.ElementView.Loop;
import dev.balsa.rewrite.MatrixOperands.Batches;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// An [Attention] of heads that only rearrange or are parts of other tensors becomes a [ViewedAttention] of these, and
/// what rearranges its result goes, too.
///
/// Left alone are those that put keys of earlier calls before the new ones, limit scores, give them out, or hide keys
/// otherwise than by a mask. Shapes are known.
///
/// @param acceptance what is worth it
public record ViewAttention(Predicate<ViewedAttention> acceptance) implements Rule {
    private static final int HEADS_RANK = 4;
    private static final int MASK = 3;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Attention op) || !isPlain(node, op)) {
            return Optional.empty();
        }
        var operands = new MatrixOperands(view);
        var all = new ArrayList<ElementView>();
        for (int i = 0; i < MASK; i++) {
            all.add(operands.operand(
                    node.input(i),
                    each -> each.factor() == 1
                            && MatrixOperands.stride(each, 1)
                                    .filter(MatrixOperands::isNear)
                                    .isPresent()));
        }
        var removed = new ArrayList<>(List.of(node));
        all.add(operands.result(node.output(0), removed));
        boolean isMoved = !all.get(MASK).base().equals(node.output(0));
        for (int i = 0; i < MASK; i++) {
            isMoved |= !all.get(i).base().equals(node.input(i));
        }
        if (!isMoved) {
            return Optional.empty();
        }
        if (node.input(MASK).isPresent()) {
            all.add(operands.operand(
                    node.input(MASK),
                    each -> each.factor() == 1 && MatrixOperands.stride(each, 1).isPresent()));
        }
        var bases = new ArrayList<Value>();
        all.forEach(each -> bases.add(each.base()));
        var result = bases.remove(MASK);
        return attention(node, op, all)
                .filter(acceptance)
                .map(made -> Patch.fuse(
                        name() + " " + node.label(), removed, new Node(node.name(), made, bases, List.of(result))));
    }

    private static boolean isPlain(Node node, Attention op) {
        boolean isPlain = !op.causal()
                && op.cap() == 0
                && node.outputs().stream().filter(Value::isPresent).count() == 1;
        for (int i = 0; i < node.inputs().size() && isPlain; i++) {
            var input = node.input(i);
            isPlain = i < MASK
                    ? isFloat(input) && shape(input).rank() == HEADS_RANK
                    : !input.isPresent() || i == MASK && isMask(input, node);
        }
        return isPlain
                && shape(node.output(0)).size() > 0
                && shape(node.input(1)).dim(1) > 0;
    }

    private static boolean isFloat(Value value) {
        return value.type().dtype() == DataType.FLOAT32 && value.type().shape().isKnown();
    }

    private static boolean isMask(Value mask, Node node) {
        return (isFloat(mask) || mask.type().dtype() == DataType.BOOL)
                && mask.type().shape().isKnown()
                && shape(mask).rank() > 0
                && shape(mask).dim(-1) == shape(node.input(1)).dim(2);
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    private static Optional<ViewedAttention> attention(Node node, Attention op, List<ElementView> all) {
        var q = shape(node.input(0));
        var k = shape(node.input(1));
        var v = shape(node.input(2));
        long group = q.dim(1) / k.dim(1);
        var together = new ArrayList<>(all);
        together.set(1, repeated(all.get(1), group));
        together.set(2, repeated(all.get(2), group));
        var scores = List.of(q.dim(0), q.dim(1), q.dim(2), k.dim(2));
        return Batches.of(scores, together)
                .flatMap(batches -> MatrixOperands.views(batches, together)
                        .map(views -> new ViewedAttention(
                                batches.sizes(),
                                q.dim(2),
                                k.dim(2),
                                q.dim(-1),
                                v.dim(-1),
                                op.scale().orElse((float) (1 / Math.sqrt((double) q.dim(-1)))),
                                views.get(0),
                                views.get(1),
                                views.get(2),
                                views.get(MASK),
                                mask(node, views),
                                true,
                                shape(all.get(MASK).base()).toList())));
    }

    private static Optional<ScoreMask> mask(Node node, List<MatrixView> views) {
        if (!node.input(MASK).isPresent()) {
            return Optional.empty();
        }
        var use = node.input(MASK).type().dtype() == DataType.BOOL ? ScoreMask.Use.SEEN : ScoreMask.Use.ADDED;
        return Optional.of(new ScoreMask(use, views.getLast(), Float.NEGATIVE_INFINITY));
    }

    /// Heads of keys or values, each for so many of queries.
    private static ElementView repeated(ElementView heads, long group) {
        if (group == 1) {
            return heads;
        }
        var dims = new ArrayList<>(heads.dims());
        var loops = new ArrayList<>(dims.get(1));
        loops.add(new Loop(group, 0));
        dims.set(1, loops);
        return new ElementView(heads.base(), heads.offset(), dims, heads.factor());
    }
}
