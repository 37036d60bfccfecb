package dev.balsa.ir.quantization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.WindowAttributes;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// The convolution of 8-bit integers less their zero points, in 32 bits (ONNX ConvInteger, opset 10).
///
/// Inputs: x `[batch, channels, spatial...]`, w `[outputs, channels / group, kernel...]`, and optionally the zero
/// points: a scalar for x, a scalar or one per output for w.
///
/// @param window how the kernel moves
/// @param group groups of channels that do not see each other
public record ConvInteger(WindowAttributes window, long group) implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ConvInteger")
            .since(10)
            .in("x", QuantizedTypes.BYTES)
            .in("w", QuantizedTypes.BYTES)
            .optional("x_zero_point", QuantizedTypes.BYTES)
            .optional("w_zero_point", QuantizedTypes.BYTES)
            .out("y")
            .reader(node -> new ConvInteger(WindowAttributes.read(node), node.integer("group", 1)));

    /// Checks that there is at least one group.
    public ConvInteger {
        new Conv(window, group);
    }

    /// The same convolution of floats.
    public Conv conv() {
        return new Conv(window, group);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        QuantizedTypes.checkZeroPoint(in, 2, in.dtype(0));
        QuantizedTypes.checkZeroPoint(in, 3, in.dtype(1));
        return List.of(new TensorType(DataType.INT32, conv().outputShape(in.shape(0), in.shape(1))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(1);
        var geometry = conv().geometry(x.shape(), w.shape());
        long outputs = w.shape().dim(0);
        var y = run.output(
                0, DataType.INT32, Shape.of(geometry.outputDims(x.shape().dim(0), outputs)));
        if (y.size() == 0) {
            return;
        }
        var imageZero = run.has(2) ? Centred.scalar(run, 2) : Centred.zeroPoint(run, 2, x);
        new IntegerConvolution(x, imageZero, w, Centred.zeroPoint(run, 3, w), geometry, group)
                .run(new int[(int) outputs], (plane, channel, sums) -> {
                    for (int i = 0; i < sums.length; i++) {
                        y.setLong((long) plane * sums.length + i, sums[i]);
                    }
                });
    }
}
