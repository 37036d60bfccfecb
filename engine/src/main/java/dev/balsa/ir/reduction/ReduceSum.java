package dev.balsa.ir.reduction;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The sum; of nothing it is 0 (ONNX ReduceSum, opset 1 to 13).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceSum(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceSum", Schema.NUMERIC, 13, ReduceSum::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Arrays.stream(elements).sum();
    }

    @Override
    public long of(long[] elements, DataType type) {
        return Arrays.stream(elements).sum();
    }

    @Override
    public Optional<Dim> of(List<Dim> lengths) {
        return Optional.of(lengths.stream().reduce(Dim.of(0), Dim::plus));
    }
}
