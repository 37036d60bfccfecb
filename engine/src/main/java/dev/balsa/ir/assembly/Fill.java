package dev.balsa.ir.assembly;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;

/// One value everywhere.
final class Fill {
    private Fill() {}

    /// Zeros, or empty strings.
    static void zero(Tensor y) {
        if (y.type() == DataType.STRING) {
            for (long i = 0; i < y.size(); i++) {
                y.setString(i, "");
            }
        } else {
            y.memory().fill((byte) 0);
        }
    }

    /// The only element of `value`, which has the same type.
    static void with(Tensor y, Tensor value) {
        for (long i = 0; i < y.size(); i++) {
            y.copyElement(i, value, 0);
        }
    }
}
