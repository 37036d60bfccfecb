package dev.balsa.ir.quantization;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.OneWay;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The matrix product of quantised operands, quantised (ONNX QLinearMatMul, opset 10 to 21).
///
/// Inputs: a, its scale and zero point, b, its scale and zero point, and the scale and zero point of the result. Scales
/// and zero points are scalars, or there is one per row (of a and the result) and one per column (of b). Sums are exact
/// in 32 bits; the factor that brings them to the scale of the result is computed in single precision.
public record QLinearMatMul() implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("QLinearMatMul")
            .since(10)
            .in("a", QuantizedTypes.BYTES)
            .in("a_scale", Schema.FLOATS)
            .in("a_zero_point", QuantizedTypes.BYTES)
            .in("b", QuantizedTypes.BYTES)
            .in("b_scale", Schema.FLOATS)
            .in("b_zero_point", QuantizedTypes.BYTES)
            .in("y_scale", Schema.FLOATS)
            .in("y_zero_point", QuantizedTypes.BYTES)
            .out("y")
            .reader(node -> new QLinearMatMul());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        QuantizedTypes.checkZeroPoint(in, 2, in.dtype(0));
        QuantizedTypes.checkZeroPoint(in, 5, in.dtype(3));
        return List.of(new TensorType(in.dtype(7), MatMul.product(in.shape(0), in.shape(3))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var product = IntegerProduct.of(run.input(0), run.input(2), run.input(3), run.input(5));
        var y = run.output(0, run.input(7).type(), product.result());
        var shape = product.matrices();
        int rank = shape.rank();
        var parameters = List.of(
                Centred.along(rank - 2, rank, run.input(1)),
                Centred.along(rank - 1, rank, run.input(4)),
                Centred.along(rank - 2, rank, run.input(6)),
                Centred.along(rank - 2, rank, run.input(7)));
        parameters.forEach(parameter -> OneWay.check(parameter, shape, "scale or zero point"));
        var places =
                new Broadcasting(shape, parameters.stream().map(Tensor::shape).toList());
        for (int i = 0; i < y.size(); i++, places.next()) {
            float multiplier = Requantization.multiplier(
                    parameters.get(0).getFloat(places.index(0)),
                    parameters.get(1).getFloat(places.index(1)),
                    parameters.get(2).getFloat(places.index(2)));
            long zeroPoint = parameters.get(3).getLong(places.index(3));
            y.setLong(i, Requantization.quantize(product.at(i), multiplier, zeroPoint, y.type()));
        }
    }
}
