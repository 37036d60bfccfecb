package dev.balsa.ir.elementwise;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// min(max(x, low), high) with scalar bounds that may be left out (ONNX Clip, opset 1 to 13); a NaN stays, and where
/// the low bound is above the high one, every element becomes the high one.
public record Clip() implements Elementwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Clip")
            .in("input", Schema.NUMERIC)
            .optional("min", Schema.NUMERIC)
            .optional("max", Schema.NUMERIC)
            .out("output")
            .reader(Clip::read);

    private static Clip read(NodeReader node) {
        if (node.opset() < 11) {
            bound(node, "min", 1);
            bound(node, "max", 2);
        }
        return new Clip();
    }

    private static void bound(NodeReader node, String attribute, int input) {
        if (node.has(attribute)) {
            var bound = Tensor.allocate(node.input(0).type().dtype(), Shape.scalar());
            bound.setDouble(0, node.real(attribute, 0));
            node.setInput(input, node.constant(bound));
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        SameType.check(in, 0);
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var y = run.output(0, x.type(), x.shape());
        var low = bound(run, 1);
        var high = bound(run, 2);
        if (x.type().isFloat()) {
            double min = low.map(bound -> bound.getDouble(0)).orElse(Double.NEGATIVE_INFINITY);
            double max = high.map(bound -> bound.getDouble(0)).orElse(Double.POSITIVE_INFINITY);
            for (long i = 0; i < x.size(); i++) {
                y.setDouble(i, Math.min(Math.max(x.getDouble(i), min), max));
            }
        } else {
            long min = low.map(bound -> bound.getLong(0)).orElse(x.type().minValue());
            long max = high.map(bound -> bound.getLong(0)).orElse(x.type().maxValue());
            var larger = new Max();
            var smaller = new Min();
            for (long i = 0; i < x.size(); i++) {
                y.setLong(i, smaller.combine(larger.combine(x.getLong(i), min, x.type()), max, x.type()));
            }
        }
    }

    private static Optional<Tensor> bound(Evaluation run, int input) {
        if (!run.has(input)) {
            return Optional.empty();
        }
        if (run.input(input).size() != 1) {
            throw new ShapeException("input " + input + ": wrong shape of a bound; expected a scalar, found "
                    + run.input(input).shape() + "; check the model's inputs");
        }
        return Optional.of(run.input(input));
    }
}
