package dev.balsa.ir.selection;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The place along an axis of an extreme element. A NaN is more extreme than any number, in either direction.
public sealed interface ArgExtreme extends Selection permits ArgMax, ArgMin {
    /// The axis, negative counted from the back.
    long axis();

    /// Whether the axis stays, with length 1.
    boolean keepDims();

    /// Whether the last one of equally extreme elements is meant, not the first.
    boolean last();

    /// Whether `compared`, the order of one element to another, makes it more extreme.
    boolean isBeyond(int compared);

    @Override
    default List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        if (!data.hasRank()) {
            return List.of(new TensorType(DataType.INT64, SymbolicShape.UNKNOWN));
        }
        int at = Axes.normalize(axis(), data.rank());
        var dims = new ArrayList<>(data.list());
        dims.remove(at);
        if (keepDims()) {
            dims.add(at, Dim.of(1));
        }
        return List.of(new TensorType(DataType.INT64, SymbolicShape.of(dims)));
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        int at = Axes.normalize(axis(), x.shape().rank());
        var dims = new ArrayList<>(x.shape().toList());
        dims.remove(at);
        if (keepDims()) {
            dims.add(at, 1L);
        }
        var y = run.output(0, DataType.INT64, Shape.of(dims));
        long length = x.shape().dim(at);
        if (length == 0 && y.size() > 0) {
            throw new ShapeException("axis " + at + " of " + x + " has no extreme element; expected a length above 0, "
                    + "found 0; check the shapes of the model's inputs");
        }
        long inner = x.shape().size(at + 1, x.shape().rank());
        for (long i = 0; i < y.size(); i++) {
            y.setLong(i, extreme(x, i / inner * length * inner + i % inner, length, inner));
        }
    }

    private long extreme(Tensor x, long start, long length, long stride) {
        var order = ElementOrder.of(x);
        long best = 0;
        for (long i = 1; i < length; i++) {
            long place = start + i * stride;
            long held = start + best * stride;
            boolean isNaN = isNaN(x, place);
            if (isNaN || isNaN(x, held)) {
                best = isNaN && (last() || !isNaN(x, held)) ? i : best;
                continue;
            }
            int compared = order.compare(place, held);
            best = isBeyond(compared) || compared == 0 && last() ? i : best;
        }
        return best;
    }

    private static boolean isNaN(Tensor x, long place) {
        return x.type().isFloat() && Double.isNaN(x.getDouble(place));
    }
}
