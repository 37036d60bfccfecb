package dev.balsa.rewrite;

import dev.balsa.ir.Value;
import dev.balsa.tensor.DataType;
import java.util.Optional;

/// Constants of a single number.
final class Scalars {
    private Scalars() {}

    /// The number of a constant of float32 with one element.
    static Optional<Float> constant(Value value, GraphView view) {
        return view.constant(value)
                .filter(tensor -> tensor.size() == 1 && tensor.type() == DataType.FLOAT32)
                .map(tensor -> tensor.getFloat(0));
    }
}
