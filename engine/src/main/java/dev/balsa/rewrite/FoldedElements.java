package dev.balsa.rewrite;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Unary;
import dev.balsa.ir.leaf.Range;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// Computes links of [FoldedChains] a few hundred elements at a time, by way of arrays: they stay in the
/// first-level cache from the first function to the last, and code that has only begun to run reads them much
/// faster than segments. The functions are those of the plain definitions, in double precision, rounded to the
/// type of each result.
final class FoldedElements {
    private static final int BLOCK = 512;

    /// Elements that a thread takes at once.
    private static final long SHARE = 64L * BLOCK;

    private final List<FoldedChains.Link> links;
    private final Map<Value, Tensor> constants;
    private final Map<Value, Tensor> wanted;
    private final long count;
    private final AtomicLong next = new AtomicLong();

    private FoldedElements(
            List<FoldedChains.Link> links, Map<Value, Tensor> constants, Map<Value, Tensor> wanted, long count) {
        this.links = links;
        this.constants = constants;
        this.wanted = wanted;
        this.count = count;
    }

    /// Computes all links.
    ///
    /// @param links in order; all outputs have as many elements
    /// @param constants what they read besides each other's outputs
    /// @param wanted the outputs that are kept, in tensors of their types
    /// @param threads how many may share the work
    static void compute(
            List<FoldedChains.Link> links, Map<Value, Tensor> constants, Map<Value, Tensor> wanted, int threads) {
        long count = links.getLast().shape().size();
        var elements = new FoldedElements(links, constants, wanted, count);
        Helpers.run((int) Math.min(threads, Math.ceilDiv(count, SHARE)), "balsa-fold", elements::work);
    }

    private void work() {
        var block = new Block();
        for (long from = next.getAndAdd(SHARE); from < count; from = next.getAndAdd(SHARE)) {
            long to = Math.min(from + SHARE, count);
            for (long at = from; at < to; at += BLOCK) {
                block.compute(at, (int) Math.min(BLOCK, to - at));
            }
        }
    }

    /// Some elements at the same places of everything, for one thread.
    private final class Block {
        private final float[] narrow = new float[BLOCK];
        /// By link, operand.
        private final double[][][] operands = new double[links.size()][][];
        private final double[][] results = new double[links.size()][BLOCK];
        private final List<double[]> loaded = new ArrayList<>();
        private final List<Tensor> sources = new ArrayList<>();

        Block() {
            var places = new HashMap<Value, double[]>();
            for (int i = 0; i < operands.length; i++) {
                var inputs = links.get(i).inputs();
                operands[i] = new double[inputs.size()][];
                for (int j = 0; j < inputs.size(); j++) {
                    operands[i][j] = places.computeIfAbsent(inputs.get(j), this::constant);
                }
                places.put(links.get(i).output(), results[i]);
            }
        }

        private double[] constant(Value value) {
            var tensor = Objects.requireNonNull(constants.get(value));
            var array = new double[BLOCK];
            if (tensor.size() == 1) {
                Arrays.fill(array, tensor.getDouble(0));
            } else {
                loaded.add(array);
                sources.add(tensor);
            }
            return array;
        }

        void compute(long from, int length) {
            for (int i = 0; i < loaded.size(); i++) {
                load(sources.get(i), from, loaded.get(i), length);
            }
            for (int i = 0; i < results.length; i++) {
                var link = links.get(i);
                apply(link, operands[i], from, results[i], length);
                if (link.type() == DataType.FLOAT32) {
                    round(results[i], length);
                }
                var target = wanted.get(link.output());
                if (target != null) {
                    store(results[i], length, target, from);
                }
            }
        }

        private void load(Tensor tensor, long from, double[] y, int length) {
            if (tensor.type() == DataType.FLOAT64) {
                MemorySegment.copy(tensor.memory(), JAVA_DOUBLE_UNALIGNED, from * Double.BYTES, y, 0, length);
            } else {
                MemorySegment.copy(tensor.memory(), JAVA_FLOAT_UNALIGNED, from * Float.BYTES, narrow, 0, length);
                for (int i = 0; i < length; i++) {
                    y[i] = narrow[i];
                }
            }
        }

        private void store(double[] x, int length, Tensor tensor, long from) {
            if (tensor.type() == DataType.FLOAT64) {
                MemorySegment.copy(x, 0, tensor.memory(), JAVA_DOUBLE_UNALIGNED, from * Double.BYTES, length);
            } else {
                for (int i = 0; i < length; i++) {
                    narrow[i] = (float) x[i];
                }
                MemorySegment.copy(narrow, 0, tensor.memory(), JAVA_FLOAT_UNALIGNED, from * Float.BYTES, length);
            }
        }
    }

    private static void apply(FoldedChains.Link link, double[][] operands, long from, double[] y, int length) {
        switch (link.node().op()) {
            case Range _ -> range(link.start(), link.step(), from, y, length);
            case Cast _ -> System.arraycopy(operands[0], 0, y, 0, length);
            case Unary function -> unary(function, operands[0], y, length);
            case Add _ -> add(operands[0], operands[1], y, length);
            case Sub _ -> subtract(operands[0], operands[1], y, length);
            case Mul _ -> multiply(operands[0], operands[1], y, length);
            case Div _ -> divide(operands[0], operands[1], y, length);
            default -> throw new InternalException(link.node().label() + " is no link of a chain");
        }
    }

    private static void range(double start, double step, long from, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = start + (from + i) * step;
        }
    }

    private static void unary(Unary function, double[] x, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = function.apply(x[i]);
        }
    }

    private static void add(double[] a, double[] b, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = a[i] + b[i];
        }
    }

    private static void subtract(double[] a, double[] b, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = a[i] - b[i];
        }
    }

    private static void multiply(double[] a, double[] b, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = a[i] * b[i];
        }
    }

    private static void divide(double[] a, double[] b, double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = a[i] / b[i];
        }
    }

    private static void round(double[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] = (float) y[i];
        }
    }
}
