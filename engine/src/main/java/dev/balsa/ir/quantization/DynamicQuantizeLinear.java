package dev.balsa.ir.quantization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// Floats to uint8 with a scale and zero point that cover their range and 0; outputs the integers, the scale and the
/// zero point (ONNX DynamicQuantizeLinear, opset 11). All arithmetic is in single precision, as the operator is defined
/// by single steps. If all elements are 0, any scale serves, and it is 1.
public record DynamicQuantizeLinear() implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("DynamicQuantizeLinear")
            .since(11)
            .in("x", Set.of(DataType.FLOAT32))
            .out("y")
            .out("y_scale")
            .out("y_zero_point")
            .reader(node -> new DynamicQuantizeLinear());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(
                in.type(0).withType(DataType.UINT8),
                new TensorType(DataType.FLOAT32, SymbolicShape.of()),
                new TensorType(DataType.UINT8, SymbolicShape.of()));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        float least = 0;
        float greatest = 0;
        for (long i = 0; i < x.size(); i++) {
            least = Math.min(least, x.getFloat(i));
            greatest = Math.max(greatest, x.getFloat(i));
        }
        float range = (greatest - least) / 255;
        float scale = range == 0 ? 1 : range;
        long zeroPoint = Requantization.quantize((0 - least) / scale, 0, DataType.UINT8);
        quantize(x, run.output(0, DataType.UINT8, x.shape()), scale, zeroPoint);
        run.output(1, DataType.FLOAT32, Shape.scalar()).setDouble(0, scale);
        run.output(2, DataType.UINT8, Shape.scalar()).setLong(0, zeroPoint);
    }

    private static void quantize(Tensor x, Tensor y, float scale, long zeroPoint) {
        for (long i = 0; i < x.size(); i++) {
            y.setLong(i, Requantization.quantize((double) (x.getFloat(i) / scale), zeroPoint, DataType.UINT8));
        }
    }
}
