package dev.balsa.plan;

import static dev.balsa.plan.Trial.dims;
import static dev.balsa.plan.Trial.floats;
import static dev.balsa.plan.Trial.length;
import static dev.balsa.plan.Trial.positive;
import static dev.balsa.plan.Trial.under;

import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Tile;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Abs;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Ceil;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Cos;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Elu;
import dev.balsa.ir.elementwise.Erf;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Floor;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.HardSigmoid;
import dev.balsa.ir.elementwise.HardSwish;
import dev.balsa.ir.elementwise.LeakyRelu;
import dev.balsa.ir.elementwise.Log;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mish;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.PRelu;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Reciprocal;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Round;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Sin;
import dev.balsa.ir.elementwise.Softplus;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Sum;
import dev.balsa.ir.elementwise.Swish;
import dev.balsa.ir.elementwise.Tanh;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.normalization.BatchNormalization;
import dev.balsa.ir.normalization.GroupNormalization;
import dev.balsa.ir.normalization.InstanceNormalization;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.ir.normalization.LogSoftmax;
import dev.balsa.ir.normalization.Lrn;
import dev.balsa.ir.normalization.RmsNormalization;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.reduction.ReduceL1;
import dev.balsa.ir.reduction.ReduceL2;
import dev.balsa.ir.reduction.ReduceLogSum;
import dev.balsa.ir.reduction.ReduceLogSumExp;
import dev.balsa.ir.reduction.ReduceMax;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.ir.reduction.ReduceMin;
import dev.balsa.ir.reduction.ReduceProd;
import dev.balsa.ir.reduction.ReduceSum;
import dev.balsa.ir.reduction.ReduceSumSquare;
import dev.balsa.ir.window.AspectPolicy;
import dev.balsa.ir.window.AutoPad;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.ir.window.CoordinateMode;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.ir.window.GlobalMaxPool;
import dev.balsa.ir.window.Interpolation;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.NearestMode;
import dev.balsa.ir.window.Resize;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Random applications of every operator that has kernels, with shapes that are ugly but fit.
enum RandomOperators {
    UNARY {
        @Override
        Trial trial(Random random) {
            var op = pick(
                    random,
                    List.of(
                            new Abs(),
                            new Neg(),
                            new Sqrt(),
                            new Reciprocal(),
                            new Exp(),
                            new Log(),
                            new Erf(),
                            new Tanh(),
                            new Sigmoid(),
                            new Sin(),
                            new Cos(),
                            new Floor(),
                            new Ceil(),
                            new Round(),
                            new Relu(),
                            new HardSwish(),
                            new Softplus(),
                            new Mish(),
                            new LeakyRelu(0.1F),
                            new Elu(0.7F),
                            new HardSigmoid(0.3F, 0.4F),
                            new Swish(1.5F),
                            new Gelu(true),
                            new Gelu(false)));
            boolean wantsPositive = op instanceof Sqrt || op instanceof Log || op instanceof Reciprocal;
            var dims = dims(random, random.nextInt(5));
            return Trial.of(op, wantsPositive ? positive(random, dims) : floats(random, dims));
        }
    },
    BINARY {
        @Override
        Trial trial(Random random) {
            var op = pick(random, List.of(new Add(), new Sub(), new Mul(), new Div(), new Min(), new Max(), new Sum()));
            var dims = dims(random, random.nextInt(5));
            var second =
                    op instanceof Div ? positive(random, under(random, dims)) : floats(random, under(random, dims));
            return Trial.of(op, floats(random, random.nextBoolean() ? under(random, dims) : dims), second);
        }
    },
    POWER {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(5));
            return Trial.of(new Pow(), positive(random, dims), floats(random, under(random, dims)));
        }
    },
    PRELU {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(5));
            return Trial.of(new PRelu(), floats(random, dims), floats(random, under(random, dims)));
        }
    },
    CLIP {
        @Override
        Trial trial(Random random) {
            var trial = Trial.of(new Clip(), floats(random, dims(random, random.nextInt(5))));
            var low = Tensor.of(new float[] {-0.5F});
            var high = Tensor.of(new float[] {random.nextInt(8) == 0 ? -1 : 0.25F});
            trial = random.nextBoolean() ? trial.fixed(low) : trial.without();
            return random.nextBoolean() ? trial.fixed(high) : trial;
        }
    },
    WHERE {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(5));
            var condition = bools(random, under(random, dims));
            var first = floats(random, under(random, dims));
            return Trial.of(new Where(), condition, first, floats(random, under(random, dims)));
        }
    },
    MATMUL {
        @Override
        Trial trial(Random random) {
            long k = length(random);
            var batch = dims(random, random.nextInt(3));
            var left = random.nextInt(5) == 0 ? new long[] {k} : join(under(random, batch), length(random), k);
            var right = random.nextInt(5) == 0 ? new long[] {k} : join(under(random, batch), k, length(random));
            return Trial.of(new MatMul(), floats(random, left), floats(random, right));
        }
    },
    GEMM {
        @Override
        Trial trial(Random random) {
            long m = length(random);
            long n = length(random);
            long k = length(random);
            boolean transA = random.nextBoolean();
            boolean transB = random.nextBoolean();
            var op = new Gemm(random.nextBoolean() ? 1 : 0.5F, random.nextInt(4) > 0 ? 1 : 2, transA, transB);
            var trial = Trial.of(
                    op,
                    floats(random, transA ? new long[] {k, m} : new long[] {m, k}),
                    floats(random, transB ? new long[] {n, k} : new long[] {k, n}));
            return random.nextInt(4) == 0 ? trial : trial.and(floats(random, under(random, new long[] {m, n})));
        }
    },
    CONV {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 4);
            long group = random.nextInt(1, 4);
            boolean depthwise = random.nextInt(3) == 0;
            long in = depthwise ? 1 : random.nextInt(1, 7);
            long out = depthwise ? random.nextInt(1, 3) : random.nextInt(1, 20);
            var kernel = small(random, rank, 1, 4);
            var op = new Conv(window(random, kernel, false), group);
            var image = join(batch(random, in * group), spatial(random, rank));
            var trial = Trial.of(op, floats(random, image))
                    .and(floats(random, join(new long[] {out * group, in}, array(kernel))));
            return trial.maybe(random, floats(random, out * group));
        }
    },
    CONV_TRANSPOSE {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 4);
            long group = random.nextInt(1, 3);
            long in = random.nextInt(1, 7);
            long out = random.nextInt(1, 9);
            var kernel = small(random, rank, 1, 4);
            var window = window(random, kernel, false);
            var padding = random.nextBoolean() ? List.<Long>of() : Collections.nCopies(rank, 0L);
            var op = new ConvTranspose(window, group, padding, List.of());
            var image = join(batch(random, in * group), spatial(random, rank));
            var trial = Trial.of(op, floats(random, image))
                    .and(floats(random, join(new long[] {in * group, out}, array(kernel))));
            return trial.maybe(random, floats(random, out * group));
        }
    },
    POOL {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 4);
            var window = window(random, small(random, rank, 1, 4), true);
            var op = random.nextBoolean() ? new MaxPool(window, false) : new AveragePool(window, random.nextBoolean());
            return Trial.of(op, floats(random, join(batch(random, length(random)), spatial(random, rank))));
        }
    },
    GLOBAL_POOL {
        @Override
        Trial trial(Random random) {
            var op = random.nextBoolean() ? new GlobalAveragePool() : new GlobalMaxPool();
            return Trial.of(op, floats(random, dims(random, random.nextInt(3, 6))));
        }
    },
    REDUCE {
        @Override
        Trial trial(Random random) {
            boolean keep = random.nextBoolean();
            boolean noop = random.nextBoolean();
            var op = pick(
                    random,
                    List.of(
                            new ReduceSum(keep, noop),
                            new ReduceMean(keep, noop),
                            new ReduceMax(keep, noop),
                            new ReduceMin(keep, noop),
                            new ReduceSumSquare(keep, noop),
                            new ReduceL1(keep, noop),
                            new ReduceL2(keep, noop),
                            new ReduceLogSum(keep, noop),
                            new ReduceLogSumExp(keep, noop)));
            int rank = random.nextInt(5);
            var trial = Trial.of(op, positive(random, dims(random, rank)));
            return random.nextInt(4) == 0 ? trial : trial.fixed(axes(random, rank));
        }
    },
    REDUCE_PRODUCT {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 4);
            var dims = LongStream.generate(() -> random.nextInt(5)).limit(rank).toArray();
            return Trial.of(new ReduceProd(random.nextBoolean(), false), positive(random, dims))
                    .fixed(axes(random, rank));
        }
    },
    SOFTMAX {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            long axis = random.nextInt(-rank, rank);
            boolean flattened = random.nextInt(4) == 0;
            var op = random.nextBoolean() ? new Softmax(axis, flattened) : new LogSoftmax(axis, flattened);
            return Trial.of(op, floats(random, dims(random, rank)));
        }
    },
    ROW_NORMALIZATION {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            int axis = random.nextInt(rank);
            long given = random.nextBoolean() ? axis : axis - rank;
            var dims = dims(random, rank);
            var row = Arrays.copyOfRange(dims, axis, rank);
            if (random.nextBoolean()) {
                return Trial.of(new RmsNormalization(given, 1e-5F), floats(random, dims), floats(random, row));
            }
            var op = new LayerNormalization(given, 1e-5F, DataType.FLOAT32);
            return Trial.of(op, floats(random, dims), floats(random, row)).maybe(random, floats(random, row));
        }
    },
    BATCH_NORMALIZATION {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(2, 6));
            var op = new BatchNormalization(1e-5F, 0.9F, false, false);
            return Trial.of(op, floats(random, dims))
                    .and(floats(random, dims[1]))
                    .and(floats(random, dims[1]))
                    .and(floats(random, dims[1]))
                    .and(positive(random, dims[1]));
        }
    },
    GROUP_NORMALIZATION {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(3, 6));
            if (random.nextBoolean()) {
                return Trial.of(new InstanceNormalization(1e-5F), floats(random, dims))
                        .and(floats(random, dims[1]))
                        .and(floats(random, dims[1]));
            }
            long groups = random.nextInt(1, 4);
            dims[1] = groups * random.nextInt(1, 4);
            boolean perGroup = random.nextBoolean();
            long scales = perGroup ? groups : dims[1];
            return Trial.of(new GroupNormalization(groups, 1e-5F, perGroup), floats(random, dims))
                    .and(floats(random, scales))
                    .and(floats(random, scales));
        }
    },
    LRN {
        @Override
        Trial trial(Random random) {
            var op = new Lrn(random.nextInt(1, 6), 1e-2F, 0.75F, 1);
            return Trial.of(op, floats(random, dims(random, random.nextInt(3, 5))));
        }
    },
    RESIZE {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            var dims =
                    LongStream.generate(() -> random.nextInt(1, 7)).limit(rank).toArray();
            var coordinates = pick(random, List.of(CoordinateMode.values()));
            var mode = pick(random, List.of(Interpolation.values()));
            var op = new Resize(
                    mode,
                    coordinates == CoordinateMode.TF_CROP_AND_RESIZE ? CoordinateMode.HALF_PIXEL : coordinates,
                    pick(random, List.of(NearestMode.values())),
                    mode != Interpolation.NEAREST && random.nextInt(4) == 0,
                    random.nextInt(4) == 0,
                    -0.75,
                    0,
                    AspectPolicy.STRETCH,
                    List.of());
            var trial = Trial.of(op, floats(random, dims)).without();
            var sizes = LongStream.of(dims)
                    .map(dim -> random.nextInt(3) == 0 ? dim : random.nextInt(1, 12))
                    .boxed()
                    .toList();
            var scales = Tensor.allocate(DataType.FLOAT32, Shape.of(rank));
            IntStream.range(0, rank).forEach(i -> scales.setDouble(i, pick(random, List.of(0.5, 1.0, 2.0, 1.3))));
            return random.nextBoolean() ? trial.without().fixed(sizes) : trial.fixed(scales);
        }
    },
    TRANSPOSE {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(6);
            var order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
            Collections.shuffle(order, random);
            return Trial.of(new Transpose(random.nextInt(5) == 0 ? List.of() : order), any(random, dims(random, rank)));
        }
    },
    SLICE {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            var axes = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
            Collections.shuffle(axes, random);
            int count = random.nextInt(1, rank + 1);
            var starts = bounds(random, count);
            var trial = Trial.of(new Slice(), any(random, dims(random, rank)))
                    .fixed(starts)
                    .fixed(bounds(random, count));
            var which = axes.subList(0, count).stream()
                    .map(axis -> random.nextBoolean() ? axis : axis - rank)
                    .toList();
            var steps = Stream.generate(() -> pick(random, List.of(1L, 1L, 2L, -1L, -2L, 3L)))
                    .limit(count)
                    .toList();
            return random.nextInt(4) == 0 ? trial : trial.fixed(which).fixed(steps);
        }
    },
    CONCAT {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            int axis = random.nextInt(-rank, rank);
            var dims = dims(random, rank);
            int at = axis < 0 ? axis + rank : axis;
            var trial = Trial.of(new Concat(axis), floats(random, dims));
            for (int i = random.nextInt(4); i > 0; i--) {
                dims[at] = random.nextInt(6);
                trial = trial.and(floats(random, dims));
            }
            return trial;
        }
    },
    GATHER {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            var dims = dims(random, rank);
            int axis = random.nextInt(rank);
            if (random.nextInt(3) == 0) {
                long start = random.nextLong(-dims[axis], dims[axis] + 1);
                long step = random.nextInt(-2, 3);
                var steps = LongStream.range(0, random.nextInt(1, 4))
                        .map(i -> start + i * step)
                        .boxed()
                        .toList();
                return Trial.of(new Gather(axis), any(random, dims)).fixed(steps);
            }
            var indices = Tensor.allocate(
                    random.nextBoolean() ? DataType.INT64 : DataType.INT32,
                    Shape.of(dims[axis] == 0 ? new long[] {0} : dims(random, random.nextInt(3))));
            for (long i = 0; i < indices.size(); i++) {
                indices.setLong(i, random.nextLong(-dims[axis], dims[axis] + (random.nextInt(200) == 0 ? 1 : 0)));
            }
            return Trial.of(new Gather(random.nextBoolean() ? axis : axis - rank), any(random, dims), indices);
        }
    },
    INDEXED {
        @Override
        Trial trial(Random random) {
            return RandomIndices.trial(random);
        }
    },
    PAD {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            var mode = pick(random, List.of(Pad.Mode.values()));
            int most = mode == Pad.Mode.CONSTANT ? 4 : 2;
            var pads = LongStream.generate(() -> random.nextInt(-1, most))
                    .limit(2L * rank)
                    .boxed()
                    .toList();
            var dims =
                    LongStream.generate(() -> random.nextInt(3, 8)).limit(rank).toArray();
            if (random.nextInt(6) == 0) {
                dims[random.nextInt(rank)] = random.nextInt(3);
            }
            var trial = Trial.of(new Pad(mode), floats(random, dims)).fixed(pads);
            return random.nextBoolean() ? trial.and(Tensor.of(new float[] {7})) : trial;
        }
    },
    EXPAND {
        @Override
        Trial trial(Random random) {
            var dims = dims(random, random.nextInt(5));
            return Trial.of(new Expand(), any(random, under(random, dims)))
                    .fixed(LongStream.of(dims).boxed().toList());
        }
    },
    TILE {
        @Override
        Trial trial(Random random) {
            int rank = random.nextInt(1, 5);
            var repeats = LongStream.generate(() -> random.nextInt(4))
                    .limit(rank)
                    .boxed()
                    .toList();
            return Trial.of(new Tile(), any(random, dims(random, rank))).fixed(repeats);
        }
    };

    /// A random application; it may still be one that does not fit.
    abstract Trial trial(Random random);

    private static <T> T pick(Random random, List<? extends T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static long[] join(long[] first, long... second) {
        return LongStream.concat(LongStream.of(first), LongStream.of(second)).toArray();
    }

    private static long[] array(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] batch(Random random, long channels) {
        return new long[] {random.nextInt(8) == 0 ? 0 : random.nextInt(1, 4), channels};
    }

    private static long[] spatial(Random random, int rank) {
        int most = rank == 1 ? 60 : rank == 2 ? 20 : 7;
        return LongStream.generate(() -> random.nextInt(1, most)).limit(rank).toArray();
    }

    private static List<Long> small(Random random, int count, int least, int most) {
        return LongStream.generate(() -> random.nextInt(least, most))
                .limit(count)
                .boxed()
                .toList();
    }

    private static WindowAttributes window(Random random, List<Long> kernel, boolean pool) {
        int rank = kernel.size();
        boolean paddable = random.nextBoolean();
        // A pool's window never lies in the padding alone.
        var pads = Stream.concat(kernel.stream(), kernel.stream())
                .map(length -> paddable ? (long) random.nextInt(pool ? length.intValue() : 3) : 0L)
                .toList();
        return new WindowAttributes(
                kernel,
                random.nextInt(3) == 0 ? List.of() : small(random, rank, 1, 4),
                random.nextInt(3) > 0 ? List.of() : small(random, rank, 1, 3),
                pads,
                random.nextInt(3) == 0 ? pick(random, List.of(AutoPad.values())) : AutoPad.NOTSET,
                pool && random.nextInt(3) == 0);
    }

    private static List<Long> axes(Random random, int rank) {
        return IntStream.range(0, rank)
                .filter(_ -> random.nextBoolean())
                .mapToObj(axis -> (long) (random.nextBoolean() ? axis : axis - rank))
                .toList();
    }

    private static List<Long> bounds(Random random, int count) {
        return LongStream.generate(() -> random.nextInt(6) == 0
                        ? pick(random, List.of(Long.MIN_VALUE, Long.MAX_VALUE, (long) Integer.MAX_VALUE))
                        : random.nextInt(-8, 9))
                .limit(count)
                .boxed()
                .toList();
    }

    private static Tensor bools(Random random, long... dims) {
        var tensor = Tensor.allocate(DataType.BOOL, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setLong(i, random.nextInt(2));
        }
        return tensor;
    }

    /// Numbers of any type that has whole bytes.
    private static Tensor any(Random random, long... dims) {
        var type = pick(
                random, List.of(DataType.FLOAT32, DataType.INT64, DataType.UINT8, DataType.FLOAT16, DataType.INT4));
        var tensor = Tensor.allocate(type, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setLong(i, random.nextInt(-8, 100));
        }
        return tensor;
    }
}
