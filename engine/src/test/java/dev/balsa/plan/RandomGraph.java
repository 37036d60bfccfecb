package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Abs;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Erf;
import dev.balsa.ir.elementwise.Greater;
import dev.balsa.ir.elementwise.HardSigmoid;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.ir.view.Flatten;
import dev.balsa.ir.view.Identity;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/// Random graphs over float32 values of few shapes, with values that are read often and seen through views.
///
/// Values stay small: what grows is followed by something that bounds it.
public final class RandomGraph {
    private static final long[] PLANE = {1, 4, 3, 3};
    private static final long[] MATRIX = {4, 9};

    private final Random random;
    private final boolean exact;
    private final GraphBuilder builder = new GraphBuilder("random");
    private final List<Value> planes = new ArrayList<>();
    private final List<Value> matrices = new ArrayList<>();
    private final List<Value> inputs = new ArrayList<>();

    private RandomGraph(long seed, boolean exact) {
        this.random = new Random(seed);
        this.exact = exact;
    }

    /// A graph of the given number of nodes or some more.
    ///
    /// @param exact whether only operators occur whose kernels give the very bits of the definition
    public static Graph of(long seed, int nodes, boolean exact) {
        return new RandomGraph(seed, exact).graph(nodes);
    }

    /// Inputs that fit such a graph.
    public static List<Tensor> inputs(Graph graph, long seed) {
        var random = new Random(seed);
        return graph.inputs().stream()
                .map(input -> Trial.floats(
                        random, input.type().shape().known().orElseThrow().toArray()))
                .toList();
    }

    private Graph graph(int nodes) {
        for (var dims : List.of(PLANE, PLANE, MATRIX)) {
            inputs.add(builder.input("x", TensorType.of(DataType.FLOAT32, dims)));
        }
        planes.addAll(inputs.subList(0, 2));
        planes.add(constant(PLANE));
        matrices.add(inputs.get(2));
        for (int i = 0; i < nodes; i++) {
            if (random.nextInt(4) > 0) {
                planes.add(plane());
            } else {
                matrices.add(matrix());
            }
        }
        var outputs = new HashSet<Value>();
        for (int i = 0; i < 3; i++) {
            outputs.add(pick(planes));
            outputs.add(pick(matrices));
        }
        outputs.add(planes.getLast());
        var all = new ArrayList<>(outputs);
        if (random.nextInt(4) == 0) {
            all.add(all.getFirst());
        }
        return builder.build(all);
    }

    private Value constant(long... dims) {
        return builder.constant("c", Trial.floats(random, dims));
    }

    /// Rather a late value than an early one.
    private Value pick(List<Value> values) {
        int back = Math.min(random.nextInt(values.size()), random.nextInt(values.size()));
        return values.get(values.size() - 1 - back);
    }

    private Value plane() {
        var x = pick(planes);
        return switch (random.nextInt(exact ? 11 : 18)) {
            case 0 -> builder.add(pickOp(new Relu(), new Neg(), new Abs()), x);
            case 1 -> builder.add(pickOp(new Max(), new Min()), x, pick(planes));
            case 2 -> bounded(builder.add(pickOp(new Add(), new Sub(), new Mul()), x, pick(planes)));
            case 3 -> bounded(builder.add(pickOp(new Add(), new Sub()), constant(4, 1, 1), x));
            case 4 -> builder.add(new Reshape(false), pick(matrices), shape(PLANE));
            case 5 -> builder.add(new Identity(), x);
            case 6 -> builder.add(new Transpose(List.of(0L, 1L, 3L, 2L)), x);
            case 7 -> wherePositive(x);
            case 8 -> builder.add(new Cast(DataType.FLOAT32), builder.add(new Cast(DataType.FLOAT64), x));
            case 9 -> shuffled(x);
            case 10 -> shifted(x);
            case 11 -> builder.add(new Mul(), x, builder.add(new Sigmoid(), x));
            case 12 -> builder.add(new Mul(), builder.add(new HardSigmoid(1 / 6F, 0.5F), x), x);
            case 13 -> gelu(x);
            case 14 -> builder.add(new Softmax(random.nextInt(4), random.nextBoolean()), x);
            case 15 -> bounded(builder.add(new Mul(), x, builder.add(new ReduceMean(true, false), x, shape(2, 3))));
            case 16 -> bounded(builder.add(conv(), x, constant(4, 4, 3, 3), constant(4)));
            default -> bounded(builder.add(conv(), x, constant(4, 4, 3, 3)));
        };
    }

    /// Channels of groups taken in turn.
    private Value shuffled(Value x) {
        var groups = builder.add(new Reshape(false), x, shape(1, 2, 2, 3, 3));
        var turned = builder.add(new Transpose(List.of(0L, 2L, 1L, 3L, 4L)), groups);
        return builder.add(new Reshape(false), turned, shape(PLANE));
    }

    /// Another part of the plane with something around it.
    private Value shifted(Value x) {
        var mode = random.nextBoolean() ? Pad.Mode.EDGE : Pad.Mode.REFLECT;
        var padded = builder.add(new Pad(mode), x, shape(0, 1, 1, 0, 0, 1, 0, 1));
        var axis = random.nextInt(1, 4);
        return axis == 1
                ? builder.add(new Slice(), padded, shape(0, 1, 0), shape(4, 4, 3), shape(1, -2, 3))
                : builder.add(new Slice(), padded, shape(1, 0, 1), shape(5, 3, 4), shape(1, 2, -1));
    }

    private Value matrix() {
        var x = pick(matrices);
        return switch (random.nextInt(exact ? 5 : 6)) {
            case 0 -> builder.add(new Reshape(false), pick(planes), shape(MATRIX));
            case 1 -> builder.add(new Reshape(false), builder.add(new Flatten(0), pick(planes)), shape(MATRIX));
            case 2 -> bounded(builder.add(pickOp(new Add(), new Sub()), x, constant(9)));
            case 3 -> builder.add(pickOp(new Max(), new Min()), x, pick(matrices));
            case 4 -> {
                var halves = builder.add(new Concat(0), x, pick(matrices));
                yield builder.add(new Reshape(false), gathered(halves), shape(MATRIX));
            }
            default -> bounded(builder.add(new MatMul(), x, constant(9, 9)));
        };
    }

    private Value gathered(Value halves) {
        var rows = builder.constant("rows", Tensor.of(random.longs(4, 0, 8).toArray(), 4));
        return builder.add(new Gather(0), halves, rows);
    }

    private Value wherePositive(Value x) {
        var zero = builder.constant("zero", Tensor.of(new float[] {0}));
        var positive = builder.add(new Greater(), x, zero);
        return builder.add(new Where(), positive, x, pick(planes));
    }

    private Value gelu(Value x) {
        var half = builder.constant("half", Tensor.of(new float[] {0.5F}));
        var one = builder.constant("one", Tensor.of(new float[] {1}));
        var root = builder.constant("root", Tensor.of(new float[] {(float) Math.sqrt(0.5)}));
        var sum = builder.add(new Add(), builder.add(new Erf(), builder.add(new Mul(), x, root)), one);
        return builder.add(new Mul(), builder.add(new Mul(), x, half), sum);
    }

    private static Conv conv() {
        var window = new WindowAttributes(
                List.of(3L, 3L), List.of(), List.of(), List.of(1L, 1L, 1L, 1L), AutoPad.NOTSET, false);
        return new Conv(window, 1);
    }

    private Value bounded(Value value) {
        var most = builder.constant("most", Tensor.of(new float[] {2}));
        return builder.add(new Max(), builder.add(new Min(), value, most), builder.add(new Neg(), most));
    }

    private Op pickOp(Op... ops) {
        return ops[random.nextInt(ops.length)];
    }

    private Value shape(long... dims) {
        return builder.constant("shape", Tensor.of(dims, dims.length));
    }
}
