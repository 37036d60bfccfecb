package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/// Trials of kernels on operands whose rows are apart. What lies between rows is NaN before, so that a result shows
/// whether it is read, and must be the same bits afterwards.
public final class Apart {
    private static final int MOST_BETWEEN = 40;
    private static final int ALL_BITS = -1;
    private static final float NOT_A_NUMBER = Float.intBitsToFloat(ALL_BITS);

    private Apart() {}

    /// Runs a kernel with the rows of some operands apart; the output, without what is between its rows.
    ///
    /// @param inputs all but the output, which comes behind them, without gaps
    /// @param outputs elements of the output
    /// @param rows by operand, how long a row is
    public static <R> float[] run(
            long seed, Kernel<R> kernel, R request, List<float[]> inputs, int outputs, IntUnaryOperator rows) {
        var random = new Random(seed);
        Map<Integer, Long> steps = new TreeMap<>();
        for (int operand = 0; operand <= inputs.size(); operand++) {
            long step = (long) rows.applyAsInt(operand) + random.nextInt(MOST_BETWEEN);
            if (kernel.takesApart(request, step).contains(operand) && random.nextInt(3) > 0) {
                steps.put(operand, step);
            }
        }
        var apart = kernel.apart(request, steps);
        assertThat(kernel.supports(apart)).as("supports %s", apart).isEqualTo(kernel.supports(request));
        try (var trial = new CodeTrial(seed)) {
            for (int i = 0; i < inputs.size(); i++) {
                var own = steps.get(i);
                trial.input(own == null ? inputs.get(i) : spread(inputs.get(i), rows.applyAsInt(i), own));
            }
            var step = steps.get(inputs.size());
            if (step == null) {
                return trial.run(kernel.prepare(apart, trial), outputs);
            }
            int row = rows.applyAsInt(inputs.size());
            int length = length(outputs, row, step);
            return joined(trial.run(kernel.prepare(apart, trial), length), row, Math.toIntExact(step), apart);
        }
    }

    private static int length(int elements, int row, long step) {
        return elements == 0 ? 0 : Math.toIntExact((elements / row - 1) * step + row);
    }

    private static float[] spread(float[] values, int row, long step) {
        var spread = new float[length(values.length, row, step)];
        Arrays.fill(spread, NOT_A_NUMBER);
        for (int i = 0; i < values.length / row; i++) {
            System.arraycopy(values, i * row, spread, Math.toIntExact(i * step), row);
        }
        return spread;
    }

    private static float[] joined(float[] apart, int row, int step, Object request) {
        int rows = apart.length == 0 ? 0 : (apart.length - row) / step + 1;
        var joined = new float[rows * row];
        for (int i = 0; i < apart.length; i++) {
            if (i % step < row) {
                joined[i / step * row + i % step] = apart[i];
            } else {
                assertThat(Float.floatToRawIntBits(apart[i]))
                        .as("element %d, between rows, of %s", i, request)
                        .isEqualTo(ALL_BITS);
            }
        }
        return joined;
    }
}
