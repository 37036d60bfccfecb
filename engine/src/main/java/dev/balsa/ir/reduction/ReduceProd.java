package dev.balsa.ir.reduction;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The product; of nothing it is 1 (ONNX ReduceProd, opset 1 to 18).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceProd(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceProd", Schema.NUMERIC, 18, ReduceProd::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        double result = 1;
        for (double x : elements) {
            result *= x;
        }
        return result;
    }

    @Override
    public long of(long[] elements, DataType type) {
        long result = 1;
        for (long x : elements) {
            result *= x;
        }
        return result;
    }

    @Override
    public Optional<Dim> of(List<Dim> lengths) {
        return Optional.of(lengths.stream().reduce(Dim.of(1), Dim::times));
    }
}
