package dev.balsa.ir.quantization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// Integers to numbers: `(x - zero point) * scale` (ONNX DequantizeLinear, opset 10 to 25).
///
/// Inputs: the data, the scale, and optionally the zero point, of the scale's shape: one for all, one per place of an
/// axis, or one per block along that axis.
///
/// @param axis the axis of scales per place or block; negative ones count from the back
/// @param blockSize elements that share a scale along the axis; 0 without blocks
/// @param to the element type of the output; by default that of the scale
public record DequantizeLinear(long axis, long blockSize, Optional<DataType> to) implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("DequantizeLinear")
            .since(10)
            .in("x", QuantizedTypes.DEQUANTIZED)
            .in("x_scale", Schema.FLOATS)
            .optional("x_zero_point", QuantizedTypes.DEQUANTIZED)
            .out("y")
            .reader(node -> new DequantizeLinear(
                    node.integer("axis", 1),
                    node.integer("block_size", 0),
                    QuantizeLinear.given(node, "output_dtype")));

    /// Checks the attributes.
    public DequantizeLinear {
        new Granularity(axis, blockSize);
        to.ifPresent(type -> QuantizedTypes.check("output_dtype", type, Schema.FLOATS));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        new Granularity(axis, blockSize).check(in.shape(0), in.shape(1));
        if (in.has(2)) {
            Granularity.checkSame(in.shape(1), in.shape(2));
        }
        QuantizedTypes.checkZeroPoint(in, 2, in.dtype(0));
        return List.of(in.type(0).withType(to.orElse(in.dtype(1))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var scale = run.input(1);
        var y = run.output(0, to.orElse(scale.type()), x.shape());
        if (run.has(2)) {
            Granularity.checkSame(scale.shape(), run.input(2).shape());
        }
        if (x.size() == 0) {
            return;
        }
        var index = new Granularity(axis, blockSize).index(x.shape(), scale.shape());
        for (long i = 0; i < x.size(); i++) {
            long s = index.of(i);
            long zeroPoint = run.has(2) ? run.input(2).getLong(s) : 0;
            y.setDouble(i, (x.getLong(i) - zeroPoint) * scale.getDouble(s));
        }
    }
}
