package dev.balsa.cli.report;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;

/// The range and mean of a tensor's elements.
///
/// @param notFinite how many elements are infinite or not a number; they are left out of the others
public record TensorStatistics(double min, double max, double mean, long notFinite) {
    /// The statistics of a tensor of numbers; nothing for strings and for tensors without finite elements.
    public static Optional<TensorStatistics> of(Tensor tensor) {
        if (tensor.type() == DataType.STRING) {
            return Optional.empty();
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        long count = 0;
        for (long i = 0; i < tensor.size(); i++) {
            double value = tensor.getDouble(i);
            if (Double.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
                count++;
            }
        }
        return count == 0
                ? Optional.empty()
                : Optional.of(new TensorStatistics(min, max, sum / count, tensor.size() - count));
    }

    /// The form `min -1.5, max 3, mean 0.25`.
    @Override
    public String toString() {
        var text = String.format(Locale.ROOT, "min %.6g, max %.6g, mean %.6g", min, max, mean);
        return notFinite == 0 ? text : text + ", " + notFinite + " not finite";
    }
}
