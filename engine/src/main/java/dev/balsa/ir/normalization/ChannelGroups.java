package dev.balsa.ir.normalization;

import dev.balsa.ir.Groups;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// Normalisation of groups of neighbouring channels of each image to mean 0 and variance 1.
///
/// @param groups the number of groups, by which the channels can be divided
/// @param epsilon added to the variance
record ChannelGroups(long groups, double epsilon) {
    /// Normalises `x`, an image `[batch, channels, spatial...]`, then scales and shifts it by one number per
    /// channel or, if `scale` and `bias` have so many, per group.
    void normalize(Tensor x, Tensor y, double[] scale, double[] bias) {
        if (x.size() == 0) {
            return;
        }
        long batch = x.shape().dim(0);
        var rows = Groups.along(Shape.of(batch * groups, x.size() / (batch * groups)), List.of(1));
        int perGroup = (int) (scale.length / groups);
        int run = rows.size() / perGroup;
        for (long i = 0; i < rows.count(); i++) {
            var row = rows.doubles(x, i);
            var moments = Moments.of(row);
            double factor = moments.inverseDeviation(epsilon);
            int first = (int) (i % groups) * perGroup;
            for (int j = 0; j < row.length; j++) {
                int channel = first + j / run;
                row[j] = (row[j] - moments.mean()) * factor * scale[channel] + bias[channel];
            }
            rows.write(y, i, row);
        }
    }
}
