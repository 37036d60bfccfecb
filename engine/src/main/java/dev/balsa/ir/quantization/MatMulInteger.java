package dev.balsa.ir.quantization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.tensor.DataType;
import java.util.List;

/// The matrix product of 8-bit integers less their zero points, in 32 bits (ONNX MatMulInteger, opset 10).
///
/// Inputs: A, B, and optionally their zero points: scalars, or one per row of A and one per column of B.
public record MatMulInteger() implements Quantization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MatMulInteger")
            .since(10)
            .in("A", QuantizedTypes.BYTES)
            .in("B", QuantizedTypes.BYTES)
            .optional("a_zero_point", QuantizedTypes.BYTES)
            .optional("b_zero_point", QuantizedTypes.BYTES)
            .out("Y")
            .reader(node -> new MatMulInteger());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        QuantizedTypes.checkZeroPoint(in, 2, in.dtype(0));
        QuantizedTypes.checkZeroPoint(in, 3, in.dtype(1));
        return List.of(new TensorType(DataType.INT32, MatMul.product(in.shape(0), in.shape(1))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(1);
        var product = IntegerProduct.of(a, Centred.zeroPoint(run, 2, a), b, Centred.zeroPoint(run, 3, b));
        var y = run.output(0, DataType.INT32, product.result());
        for (int i = 0; i < y.size(); i++) {
            y.setLong(i, product.at(i));
        }
    }
}
