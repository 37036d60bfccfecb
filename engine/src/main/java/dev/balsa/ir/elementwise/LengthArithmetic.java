package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/// Arithmetic on tensors of lengths while shapes are still symbolic.
final class LengthArithmetic {
    private LengthArithmetic() {}

    /// The elements of the result of `operation` on two inputs whose elements are lengths; one may be a single
    /// element.
    static Optional<List<Dim>> of(Inference in, BinaryOperator<Dim> operation) {
        var left = in.contents(0);
        var right = in.contents(1);
        if (left.isEmpty()
                || right.isEmpty()
                || !fit(left.get().size(), right.get().size())) {
            return Optional.empty();
        }
        int count = left.get().size() == 1 ? right.get().size() : left.get().size();
        var result = new ArrayList<Dim>(count);
        for (int i = 0; i < count; i++) {
            result.add(operation.apply(at(left.get(), i), at(right.get(), i)));
        }
        return Optional.of(result);
    }

    private static boolean fit(int left, int right) {
        return left == right || left == 1 || right == 1;
    }

    private static Dim at(List<Dim> dims, int index) {
        return dims.get(dims.size() == 1 ? 0 : index);
    }
}
