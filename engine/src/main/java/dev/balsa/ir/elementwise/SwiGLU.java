package dev.balsa.ir.elementwise;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.util.List;

/// The swish of a gate times a value: a / (1 + exp(-alpha a)) b (ONNX SwiGLU, opset 28). Both operands have one shape.
///
/// @param alpha the factor inside of the sigmoid
public record SwiGLU(float alpha) implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("SwiGLU")
            .since(27)
            .in("A", Schema.FLOATS)
            .in("B", Schema.FLOATS)
            .out("Y")
            .reader(node -> new SwiGLU(node.real("alpha", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double a, double b) {
        return a * Sigmoid.of(alpha * a) * b;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var a = in.shape(0);
        var b = in.shape(1);
        if (a.hasRank() && b.hasRank()) {
            boolean fits = a.rank() == b.rank();
            for (int i = 0; fits && i < a.rank(); i++) {
                fits = a.dim(i).mayEqual(b.dim(i));
            }
            if (!fits) {
                throw in.mismatch(1, "shape differs from input 0", a.toString(), b);
            }
        }
        return Binary.super.infer(in);
    }

    @Override
    public void evaluate(Evaluation run) {
        if (!run.input(0).shape().equals(run.input(1).shape())) {
            throw new ShapeException("input 1 \"B\": shape differs from input 0; expected "
                    + run.input(0).shape() + ", found " + run.input(1).shape() + "; check the model's inputs");
        }
        Binary.super.evaluate(run);
    }
}
