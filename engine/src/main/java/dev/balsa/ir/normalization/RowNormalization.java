package dev.balsa.ir.normalization;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.OneWay;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Normalisation of rows that are made of all dimensions from an axis on, then scaled (input 1) by a tensor that is
/// stretched to the shape of input 0.
public sealed interface RowNormalization extends Normalization permits LayerNormalization, RmsNormalization {
    /// The first dimension of a row; negative ones count from the back.
    long axis();

    /// Added to the variance.
    float epsilon();

    /// The moments by which a row is normalised.
    private Moments moments(double[] row) {
        return switch (this) {
            case LayerNormalization _ -> Moments.of(row);
            case RmsNormalization _ -> Moments.uncentred(row);
        };
    }

    /// Checks the axis and the shapes of scale and bias.
    default void check(Inference in) {
        if (in.shape(0).hasRank()) {
            Axes.normalize(axis(), in.shape(0).rank());
        }
        for (int i = 1; i < in.inputs(); i++) {
            if (in.has(i)) {
                OneWay.check(in, i, in.shape(0));
            }
        }
    }

    /// Receives the moments of a row.
    @FunctionalInterface
    interface RowMoments {
        /// Row number `row` has this mean and inverse deviation.
        void row(long row, double mean, double inverseDeviation);
    }

    /// Normalises `x` into `y`.
    default void normalize(Tensor x, Tensor scale, Optional<Tensor> bias, Tensor y, RowMoments listener) {
        int rank = x.shape().rank();
        int axis = Axes.normalize(axis(), rank);
        var shift = bias.orElseGet(() -> Tensor.allocate(x.type(), Shape.scalar()));
        OneWay.check(scale, x.shape(), "scale");
        OneWay.check(shift, x.shape(), "bias");
        var rows = Groups.along(Shape.of(x.shape().size(0, axis), x.shape().size(axis, rank)), List.of(1));
        var places = new Broadcasting(x.shape(), List.of(scale.shape(), shift.shape()));
        for (long i = 0; i < rows.count(); i++) {
            var row = rows.doubles(x, i);
            var moments = moments(row);
            double factor = moments.inverseDeviation(epsilon());
            listener.row(i, moments.mean(), factor);
            for (int j = 0; j < row.length; j++, places.next()) {
                row[j] = (row[j] - moments.mean()) * factor * scale.getDouble(places.index(0))
                        + shift.getDouble(places.index(1));
            }
            rows.write(y, i, row);
        }
    }

    /// The optional input `index`.
    static Optional<Tensor> optional(Evaluation run, int index) {
        return run.has(index) ? Optional.of(run.input(index)) : Optional.empty();
    }
}
