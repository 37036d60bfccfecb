package dev.balsa.ir.elementwise;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The first operand to the power of the second, in the type of the first (ONNX Pow, opset 1 to 15).
///
/// An integer to a power that is no natural number is computed in double precision and cut toward zero.
public record Pow() implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Pow")
            .in("X", Schema.NUMERIC)
            .in("Y", Schema.NUMERIC)
            .out("Z")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Pow();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double a, double b) {
        // C's pow, which ONNX means, gives 1 here where Java's gives NaN.
        return a == 1 ? 1 : Math.pow(a, b);
    }

    @Override
    public long apply(long a, long b, DataType type) {
        return b < 0 ? (long) apply((double) a, (double) b) : power(a, b);
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) == 1) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(Broadcasting.shape(in)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(1);
        var y = run.output(0, a.type(), Broadcasting.shape(a.shape(), b.shape()));
        var places = new Broadcasting(y.shape(), List.of(a.shape(), b.shape()));
        for (long i = 0; i < y.size(); i++, places.next()) {
            raise(a, places.index(0), b, places.index(1), y, i);
        }
    }

    private void raise(Tensor a, long atA, Tensor b, long atB, Tensor y, long at) {
        if (!a.type().isFloat() && !b.type().isFloat()) {
            long exponent = b.getLong(atB);
            y.setLong(
                    at,
                    b.type().isUnsigned()
                            ? power(a.getLong(atA), exponent)
                            : apply(a.getLong(atA), exponent, a.type()));
        } else {
            y.setDouble(at, apply(a.getDouble(atA), b.getDouble(atB)));
        }
    }
}
