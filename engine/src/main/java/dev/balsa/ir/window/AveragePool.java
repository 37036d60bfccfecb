package dev.balsa.ir.window;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Schema;
import java.util.List;

/// The mean of each window (ONNX AveragePool, opset 1 to 22).
///
/// @param window how the window moves
/// @param countPadding whether padding counts as zeros; otherwise the mean is that of the image elements alone. What a
///     window covers beyond the padding, because lengths are rounded up, never counts
public record AveragePool(WindowAttributes window, boolean countPadding) implements Pool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("AveragePool")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node ->
                    new AveragePool(WindowAttributes.readPool(node), node.integer("count_include_pad", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var geometry = geometry(x.shape());
        var y = run.output(0, x.type(), Pool.outputShape(x.shape(), geometry));
        var counts = counts(geometry);
        long planes = y.size() == 0 ? 0 : x.shape().size(0, 2);
        for (long plane = 0; plane < planes; plane++) {
            var image = Planes.read(x, plane * geometry.inputSize(), geometry.inputSize());
            var sums = new double[counts.length];
            geometry.forEachTap((at, k, o) -> sums[o] += image[at]);
            for (int o = 0; o < sums.length; o++) {
                sums[o] = counts[o] == 0 ? 0 : sums[o] / counts[o];
            }
            Planes.write(y, plane * sums.length, sums);
        }
    }

    /// By how much the sum of each output is divided.
    private double[] counts(WindowGeometry geometry) {
        var counts = new double[geometry.outputSize()];
        count(geometry.axes(), 0, 1, counts);
        return counts;
    }

    private void count(List<WindowAxis> axes, int at, double factor, double[] counts) {
        if (axes.isEmpty()) {
            counts[at] = factor;
            return;
        }
        var axis = axes.getFirst();
        for (long o = 0; o < axis.output(); o++) {
            long taps = countPadding ? axis.paddedTaps(o) : Math.max(0, axis.kernelEnd(o) - axis.kernelBegin(o));
            count(axes.subList(1, axes.size()), (int) (at * axis.output() + o), factor * taps, counts);
        }
    }
}
