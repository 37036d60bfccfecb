package dev.balsa.ir.quantization;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// The sum of quantised operands, quantised (com.microsoft QLinearAdd, version 1):
/// `((A - A_zero_point) * A_scale + (B - B_zero_point) * B_scale) / C_scale + C_zero_point`, with multidirectional
/// broadcasting of A and B, in single precision. Zero points that are left out are 0.
public record QLinearAdd() implements Quantization {
    /// The operator's signature.
    public static final Schema SCHEMA = Schema.of("QLinearAdd")
            .domain("com.microsoft")
            .in("A", QuantizedTypes.BYTES)
            .in("A_scale", Set.of(DataType.FLOAT32))
            .optional("A_zero_point", QuantizedTypes.BYTES)
            .in("B", QuantizedTypes.BYTES)
            .in("B_scale", Set.of(DataType.FLOAT32))
            .optional("B_zero_point", QuantizedTypes.BYTES)
            .in("C_scale", Set.of(DataType.FLOAT32))
            .optional("C_zero_point", QuantizedTypes.BYTES)
            .out("C")
            .reader(node -> new QLinearAdd());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        for (int i : new int[] {2, 3, 5, 7}) {
            QuantizedTypes.checkZeroPoint(in, i, in.dtype(0));
        }
        return List.of(in.type(0).withShape(Broadcasting.shape(in.shape(0), in.shape(3))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(3);
        float scaleA = Centred.scalar(run, 1).getFloat(0);
        float scaleB = Centred.scalar(run, 4).getFloat(0);
        float scaleC = Centred.scalar(run, 6).getFloat(0);
        long zeroA = zeroPoint(run, 2);
        long zeroB = zeroPoint(run, 5);
        long zeroC = zeroPoint(run, 7);
        Shape shape = Broadcasting.shape(a.shape(), b.shape());
        Tensor c = run.output(0, a.type(), shape);
        var places = new Broadcasting(shape, List.of(a.shape(), b.shape()));
        for (long i = 0; i < c.size(); i++, places.next()) {
            float sum = (a.getLong(places.index(0)) - zeroA) * scaleA + (b.getLong(places.index(1)) - zeroB) * scaleB;
            c.setLong(i, Requantization.quantize((double) (sum / scaleC), zeroC, c.type()));
        }
    }

    private static long zeroPoint(Evaluation run, int index) {
        return run.has(index) ? Centred.scalar(run, index).getLong(0) : 0;
    }
}
