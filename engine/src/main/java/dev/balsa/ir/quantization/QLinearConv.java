package dev.balsa.ir.quantization;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.Convolution;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Set;

/// The convolution of quantised operands, quantised (ONNX QLinearConv, opset 10).
///
/// Inputs: x `[batch, channels, spatial...]`, its scale and zero point, w `[outputs, channels / group, kernel...]`, its
/// scale and zero point (scalars, or one per output), the scale and zero point of the result, and optionally the bias
/// (int32, at the scale of x times that of w). Sums are exact in 32 bits; the factor that brings them to the scale of
/// the result is computed in single precision.
///
/// @param window how the kernel moves
/// @param group groups of channels that do not see each other
public record QLinearConv(WindowAttributes window, long group) implements Quantization {
    private static final Set<DataType> SCALE = Set.of(DataType.FLOAT32);

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("QLinearConv")
            .since(10)
            .in("x", QuantizedTypes.BYTES)
            .in("x_scale", SCALE)
            .in("x_zero_point", QuantizedTypes.BYTES)
            .in("w", QuantizedTypes.BYTES)
            .in("w_scale", SCALE)
            .in("w_zero_point", QuantizedTypes.BYTES)
            .in("y_scale", SCALE)
            .in("y_zero_point", QuantizedTypes.BYTES)
            .optional("B", Set.of(DataType.INT32))
            .out("y")
            .reader(node -> new QLinearConv(WindowAttributes.read(node), node.integer("group", 1)));

    /// Checks that there is at least one group.
    public QLinearConv {
        new Conv(window, group);
    }

    /// The same convolution of floats.
    private Conv conv() {
        return new Conv(window, group);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        QuantizedTypes.checkZeroPoint(in, 2, in.dtype(0));
        QuantizedTypes.checkZeroPoint(in, 5, in.dtype(3));
        var shape = conv().outputShape(in.shape(0), in.shape(3));
        if (in.has(8) && shape.hasRank()) {
            Convolution.checkBias(in.shape(8), shape.dim(1));
        }
        return List.of(new TensorType(in.dtype(7), shape));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(3);
        var geometry = conv().geometry(x.shape(), w.shape());
        long outputs = w.shape().dim(0);
        var type = run.input(7).type();
        var y = run.output(0, type, Shape.of(geometry.outputDims(x.shape().dim(0), outputs)));
        if (y.size() == 0) {
            return;
        }
        var multipliers = multipliers(run, (int) outputs);
        long zeroPoint = Centred.scalar(run, 7).getLong(0);
        new IntegerConvolution(x, Centred.scalar(run, 2), w, run.input(5), geometry, group)
                .run(bias(run, (int) outputs), (plane, channel, sums) -> {
                    for (int i = 0; i < sums.length; i++) {
                        y.setLong(
                                (long) plane * sums.length + i,
                                Requantization.quantize(sums[i], multipliers[channel], zeroPoint, type));
                    }
                });
    }

    /// What the sums of every output channel are multiplied with.
    private static float[] multipliers(Evaluation run, int outputs) {
        var weights = run.input(4);
        if (weights.size() != 1 && weights.size() != outputs) {
            throw new ShapeException("input 4 \"w_scale\": expected a scalar or " + outputs + " elements, found shape "
                    + weights.shape() + "; check the model");
        }
        float image = Centred.scalar(run, 1).getFloat(0);
        float result = Centred.scalar(run, 6).getFloat(0);
        var multipliers = new float[outputs];
        for (int m = 0; m < outputs; m++) {
            multipliers[m] = Requantization.multiplier(image, weights.getFloat(weights.size() == 1 ? 0 : m), result);
        }
        return multipliers;
    }

    private static int[] bias(Evaluation run, int outputs) {
        var bias = new int[outputs];
        if (run.has(8)) {
            Convolution.checkBias(SymbolicShape.of(run.input(8).shape()), Dim.of(outputs));
            for (int m = 0; m < outputs; m++) {
                bias[m] = (int) run.input(8).getLong(m);
            }
        }
        return bias;
    }
}
