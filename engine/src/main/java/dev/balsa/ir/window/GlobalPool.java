package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// An operator that reduces every channel of an image `[batch, channels, spatial...]` to one element; spatial
/// dimensions stay, with length 1.
public sealed interface GlobalPool extends Window permits GlobalAveragePool, GlobalMaxPool, GlobalLpPool {
    /// The element for one channel.
    double reduce(double[] plane);

    @Override
    default List<TensorType> infer(Inference in) {
        var image = in.shape(0);
        if (!image.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        checkRank(image.rank());
        for (int axis = 2; axis < in.shape(0).rank(); axis++) {
            image = image.with(axis, Dim.of(1));
        }
        return List.of(in.type(0).withShape(image));
    }

    private static void checkRank(int rank) {
        if (rank < 2) {
            throw new ShapeException("input 0 \"X\": expected an image [batch, channels, spatial...], found rank "
                    + rank + "; check the model, or the shapes of its inputs");
        }
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        checkRank(x.shape().rank());
        var dims = x.shape().toArray();
        Arrays.fill(dims, 2, dims.length, 1);
        var y = run.output(0, x.type(), Shape.of(dims));
        long plane = x.shape().size(2, dims.length);
        for (long i = 0; i < y.size(); i++) {
            y.setDouble(i, reduce(Planes.read(x, i * plane, plane)));
        }
    }
}
