package dev.balsa.ir.normalization;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.util.List;

/// The elements along some axes brought to mean 0 and variance 1 (ONNX MeanVarianceNormalization, opset 9 to 13).
///
/// @param axes the axes that mean and variance are taken over; negative ones count from the back
public record MeanVarianceNormalization(List<Long> axes) implements Normalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MeanVarianceNormalization")
            .since(9)
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(MeanVarianceNormalization::read);

    private static final double LEAST_DEVIATION = 1e-9;

    private static MeanVarianceNormalization read(NodeReader node) {
        return new MeanVarianceNormalization(node.has("axes") ? node.integers("axes") : List.of(0L, 2L, 3L));
    }

    /// Copies the list.
    public MeanVarianceNormalization {
        axes = List.copyOf(axes);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.shape(0).hasRank()) {
            Axes.normalize(axes, in.shape(0).rank());
        }
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var groups = Groups.along(x.shape(), Axes.normalize(axes, x.shape().rank()));
        var y = run.output(0, x.type(), x.shape());
        for (long i = 0; x.size() > 0 && i < groups.count(); i++) {
            var elements = groups.doubles(x, i);
            var moments = Moments.of(elements);
            double deviation = Math.sqrt(moments.variance()) + LEAST_DEVIATION;
            for (int j = 0; j < elements.length; j++) {
                elements[j] = (elements[j] - moments.mean()) / deviation;
            }
            groups.write(y, i, elements);
        }
    }
}
