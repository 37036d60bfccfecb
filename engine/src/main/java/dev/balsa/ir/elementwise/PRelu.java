package dev.balsa.ir.elementwise;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.OneWay;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;

/// slope x below 0, x elsewhere, where the slope is broadcast to the shape of x (ONNX PRelu, opset 1 to 16).
public record PRelu() implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("PRelu")
            .in("X", Schema.NUMERIC)
            .in("slope", Schema.NUMERIC)
            .out("Y")
            .reader(PRelu::read);

    private static PRelu read(NodeReader node) {
        if (node.opset() < 7) {
            LegacyBroadcast.alignChannels(node);
        }
        return new PRelu();
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x, double slope) {
        return x < 0 ? slope * x : x;
    }

    @Override
    public long apply(long x, long slope, DataType type) {
        return x < 0 && !type.isUnsigned() ? slope * x : x;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        SameType.check(in, 0);
        OneWay.check(in, 1, in.shape(0));
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        OneWay.check(run.input(1), run.input(0).shape(), "slope");
        Binary.super.evaluate(run);
    }
}
