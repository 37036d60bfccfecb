package dev.balsa.ir.signal;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The weights that turn a spectrum into bands of the mel scale (ONNX MelWeightMatrix, opset 17).
///
/// Inputs, all single numbers: bands, length of the Fourier transform, sample rate, lower and upper edge in hertz.
/// Output: `[length / 2 + 1, bands]`, each band a triangle over the frequencies between its neighbours' centres.
///
/// @param type the element type of the output
public record MelWeightMatrix(DataType type) implements Signal {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MelWeightMatrix")
            .since(17)
            .in("num_mel_bins", Schema.INDICES)
            .in("dft_length", Schema.INDICES)
            .in("sample_rate", Schema.INDICES)
            .in("lower_edge_hertz", Schema.FLOATS)
            .in("upper_edge_hertz", Schema.FLOATS)
            .out("output")
            .reader(node -> new MelWeightMatrix(node.dtype("output_datatype").orElse(DataType.FLOAT32)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var bands = in.contents(0).map(List::getFirst).orElse(Dim.UNKNOWN);
        var length = in.contents(1).map(List::getFirst).orElse(Dim.UNKNOWN);
        var rows = length.isKnown() ? Dim.of(length.get() / 2 + 1) : Dim.UNKNOWN;
        return List.of(new TensorType(type, SymbolicShape.of(rows, bands)));
    }

    @Override
    public void evaluate(Evaluation run) {
        long bands = Scalars.read(run, 0);
        long length = Scalars.read(run, 1);
        long rate = Scalars.read(run, 2);
        double lower = mel(Scalars.readReal(run, 3));
        double upper = mel(Scalars.readReal(run, 4));
        if (bands < 0 || length < 1 || rate < 1 || !Double.isFinite(lower) || !Double.isFinite(upper)) {
            throw new ShapeException(
                    "expected 0 bands or more, a length and a sample rate of 1 or more, and edges above "
                            + "-700 hertz, found " + bands + ", " + length + ", " + rate + " and edges at " + lower
                            + " and " + upper
                            + " mel; check the inputs");
        }
        var y = run.output(0, type, Shape.of(length / 2 + 1, bands));
        double step = (upper - lower) / (bands + 2);
        for (long band = 0; y.size() > 0 && band < bands; band++) {
            triangle(
                    y,
                    band,
                    bin(lower + band * step, length, rate),
                    bin(lower + (band + 1) * step, length, rate),
                    bin(lower + (band + 2) * step, length, rate));
        }
    }

    private static double mel(double hertz) {
        return 2595 * Math.log10(1 + hertz / 700);
    }

    /// The frequency of the transform at or below a point of the mel scale.
    private static long bin(double mel, long length, long rate) {
        double hertz = 700 * (Math.pow(10, mel / 2595) - 1);
        return (long) Math.floor((length + 1) * hertz / rate);
    }

    private static void triangle(Tensor y, long band, long left, long centre, long right) {
        long rows = y.shape().dim(0);
        long bands = y.shape().dim(1);
        for (long row = Math.max(0, left); row < Math.min(rows, centre); row++) {
            y.setDouble(row * bands + band, (double) (row - left) / (centre - left));
        }
        if (centre >= 0 && centre < rows) {
            y.setDouble(centre * bands + band, 1);
        }
        for (long row = Math.max(0, centre + 1); row < Math.min(rows, right); row++) {
            y.setDouble(row * bands + band, (double) (right - row) / (right - centre));
        }
    }
}
