package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.attention.RotaryEmbedding;
import dev.balsa.ir.fusion.MatrixView;
import dev.balsa.ir.fusion.ScoreMask;
import dev.balsa.ir.fusion.ViewedAttention;
import dev.balsa.kernel.attention.AttentionKernels;
import dev.balsa.kernel.attention.AttentionMask;
import dev.balsa.kernel.attention.AttentionRequest;
import dev.balsa.kernel.attention.Cache;
import dev.balsa.kernel.attention.MaskKind;
import dev.balsa.kernel.attention.Matrices;
import dev.balsa.kernel.attention.RotaryRequest;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Finds kernels for attention and rotary embeddings of float32.
///
/// Left to the plain definition are the scores as an output, numbers of keys per batch entry, and masks of other
/// types than float32 and truth values.
record AttentionLowering(Graph graph, KernelPicker picker) {
    private static final int MASK = 3;
    private static final int POSITIONS = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int COUNTS = 6;
    private static final int SCORES = 3;
    private static final int HEADS_RANK = 4;

    /// Whether there is a kernel at a level, whatever the precision, so that it is worth fusing.
    static boolean isFast(ViewedAttention op, Isa isa) {
        return fits(op)
                && AttentionKernels.of(isa, Precision.EXACT).stream().anyMatch(kernel -> kernel.supports(request(op)));
    }

    private static boolean fits(ViewedAttention op) {
        return op.queries() <= Integer.MAX_VALUE
                && op.keys() <= Integer.MAX_VALUE
                && op.size() <= Integer.MAX_VALUE
                && op.valueSize() <= Integer.MAX_VALUE
                && Shape.of(op.batch()).size() <= 1 << 20;
    }

    Optional<KernelChoice> viewed(Node node, ViewedAttention op) {
        if (!fits(op)) {
            return Optional.empty();
        }
        var operands = new ArrayList<>(node.inputs());
        operands.add(node.output(0));
        var request = request(op);
        return picker.pick(AttentionKernels.of(picker.isa(), picker.precision()), request, operands, flops(request));
    }

    private static AttentionRequest request(ViewedAttention op) {
        return new AttentionRequest(
                (int) op.queries(),
                (int) op.keys(),
                (int) op.size(),
                (int) op.valueSize(),
                op.scale(),
                0,
                matrices(op.q(), op),
                matrices(op.k(), op),
                matrices(op.v(), op),
                matrices(op.y(), op),
                op.mask().map(mask -> new AttentionMask(kind(mask.use()), matrices(mask.view(), op), mask.hidden())),
                Optional.empty(),
                op.zeroIfHidden(),
                Optional.empty());
    }

    private static Matrices matrices(MatrixView view, ViewedAttention op) {
        return new Matrices(view.offsets(op.batch()), view.row(), view.column());
    }

    private static MaskKind kind(ScoreMask.Use use) {
        return switch (use) {
            case ADDED -> MaskKind.ADDED;
            case SEEN -> MaskKind.SEEN;
            case HIDDEN -> MaskKind.HIDDEN;
            case WITHIN -> MaskKind.WITHIN;
        };
    }

    private static long flops(AttentionRequest request) {
        return 2L
                * request.q().offsets().size()
                * request.queries()
                * request.keys()
                * (request.size() + request.valueSize());
    }

    /// Heads of a tensor of rank 4, or packed in one of rank 3.
    private record Heads(boolean packed, long batch, long heads, long length, long size) {
        static Heads of(Shape shape, long heads) {
            return shape.rank() == HEADS_RANK
                    ? new Heads(false, shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3))
                    : new Heads(true, shape.dim(0), heads, shape.dim(1), shape.dim(2) / heads);
        }

        Matrices matrices() {
            var offsets = new ArrayList<Long>();
            for (long b = 0; b < batch; b++) {
                for (long head = 0; head < heads; head++) {
                    offsets.add(packed ? (b * length * heads + head) * size : (b * heads + head) * length * size);
                }
            }
            return new Matrices(offsets, packed ? heads * size : size, 1);
        }

        Heads withLength(long other) {
            return new Heads(false, batch, heads, other, size);
        }

        Heads withSize(long other) {
            return new Heads(packed, batch, heads, length, other);
        }
    }

    Optional<KernelChoice> rotary(Node node, RotaryEmbedding op) {
        boolean numbered = node.input(POSITIONS).isPresent();
        if (!node.inputs().subList(0, POSITIONS).stream().allMatch(Chains::isFloat)
                || numbered && !node.input(POSITIONS).type().shape().isKnown()) {
            return Optional.empty();
        }
        var x = Heads.of(Chains.shape(node.input(0)), op.heads());
        var table = Chains.shape(node.input(1));
        long size = x.size();
        if (!table.equals(Chains.shape(node.input(2))) || size > Integer.MAX_VALUE || table.dim(-1) > size / 2) {
            return Optional.empty();
        }
        var request = new RotaryRequest(
                x.packed(),
                x.batch(),
                x.heads(),
                x.length(),
                (int) size,
                (int) table.dim(-1),
                op.interleaved(),
                numbered,
                table.size(0, table.rank() - 1));
        var operands = new ArrayList<>(node.inputs().subList(0, numbered ? POSITIONS + 1 : POSITIONS));
        operands.add(node.output(0));
        return picker.pick(AttentionKernels.rotations(picker.isa()), request, operands, 0);
    }

    Optional<KernelChoice> attention(Node node, Attention op) {
        var mask = node.input(MASK);
        boolean isPlain =
                mask.isPresent() && !Chains.isFloat(mask) && mask.type().dtype() != DataType.BOOL
                        || node.input(COUNTS).isPresent()
                        || node.output(SCORES).isPresent();
        for (int i = 0; i < PAST_VALUE + 1; i++) {
            isPlain |= i != MASK && node.input(i).isPresent() && !Chains.isFloat(node.input(i));
        }
        if (isPlain || mask.isPresent() && !mask.type().shape().isKnown()) {
            return Optional.empty();
        }
        var q = Heads.of(Chains.shape(node.input(0)), op.queryHeads());
        var k = Heads.of(Chains.shape(node.input(1)), op.heads());
        var v = Heads.of(Chains.shape(node.input(2)), op.heads());
        long past = node.input(PAST_KEY).isPresent()
                ? Chains.shape(node.input(PAST_KEY)).dim(2)
                : 0;
        long total = past + k.length;
        // A mask that ends early hides all keys after its end.
        long keys = mask.isPresent() ? Math.min(total, Chains.shape(mask).dim(-1)) : total;
        if (q.batch * q.heads == 0
                || Math.max(Math.max(total, q.length), Math.max(q.size, v.size)) > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        boolean together =
                past > 0 || node.output(1).isPresent() || node.output(2).isPresent();
        var cache = together
                ? Optional.of(new Cache(
                        (int) (k.batch * k.heads),
                        (int) past,
                        (int) k.length,
                        k.matrices(),
                        v.matrices(),
                        node.output(1).isPresent(),
                        node.output(2).isPresent()))
                : Optional.<Cache>empty();
        var request = new AttentionRequest(
                (int) q.length,
                (int) keys,
                (int) q.size,
                (int) v.size,
                op.scale().orElse((float) (1 / Math.sqrt((double) q.size))),
                op.cap(),
                q.matrices(),
                shared(together ? k.withLength(total) : k, q),
                shared(together ? v.withLength(total) : v, q),
                q.withSize(v.size).matrices(),
                mask.isPresent() ? Optional.of(mask(mask, q)) : Optional.empty(),
                op.causal() ? Optional.of(past) : Optional.empty(),
                true,
                cache);
        return picker.pick(
                AttentionKernels.of(picker.isa(), picker.precision()),
                request,
                operands(node, past > 0),
                flops(request));
    }

    private static List<Value> operands(Node node, boolean hasPast) {
        var operands = new ArrayList<>(node.inputs().subList(0, MASK));
        if (node.input(MASK).isPresent()) {
            operands.add(node.input(MASK));
        }
        if (hasPast) {
            operands.add(node.input(PAST_KEY));
            operands.add(node.input(PAST_VALUE));
        }
        node.outputs().stream().filter(Value::isPresent).forEach(operands::add);
        return operands;
    }

    /// The matrices of keys or values for each head of queries.
    private static Matrices shared(Heads heads, Heads queries) {
        var own = heads.matrices();
        var offsets = new ArrayList<Long>();
        own.offsets()
                .forEach(offset -> offsets.addAll(Collections.nCopies((int) (queries.heads / heads.heads), offset)));
        return new Matrices(offsets, own.row(), own.column());
    }

    private static AttentionMask mask(Value value, Heads queries) {
        var shape = Chains.shape(value);
        var strides = new long[HEADS_RANK];
        var dense = shape.strides();
        for (int axis = 0; axis < shape.rank(); axis++) {
            strides[HEADS_RANK - shape.rank() + axis] = shape.dim(axis) == 1 ? 0 : dense[axis];
        }
        var offsets = new ArrayList<Long>();
        for (long b = 0; b < queries.batch; b++) {
            for (long head = 0; head < queries.heads; head++) {
                offsets.add(b * strides[0] + head * strides[1]);
            }
        }
        var kind = value.type().dtype() == DataType.BOOL ? MaskKind.SEEN : MaskKind.ADDED;
        return new AttentionMask(kind, new Matrices(offsets, strides[2], 1), Float.NEGATIVE_INFINITY);
    }
}
