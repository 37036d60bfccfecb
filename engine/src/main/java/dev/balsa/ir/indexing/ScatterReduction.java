package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.NodeReader;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/// What becomes of an element that is written to where there is one already.
public enum ScatterReduction {
    /// The new one stands.
    NONE,
    /// Their sum.
    ADD,
    /// Their product.
    MUL,
    /// The greater one, or NaN if either is.
    MAX,
    /// The lesser one, or NaN if either is.
    MIN;

    static ScatterReduction read(NodeReader node) {
        var name = node.string("reduction", "none");
        return Arrays.stream(values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> node.malformed(
                        "attribute \"reduction\" is \"" + name + "\"; expected none, add, mul, max or min"));
    }

    /// @throws ShapeException if elements of the type cannot be reduced this way
    void check(DataType type) {
        if (this != NONE && type == DataType.STRING) {
            throw new ShapeException("strings cannot be reduced; expected attribute \"reduction\" to be none, found "
                    + name().toLowerCase(Locale.ROOT) + "; check the model");
        }
    }

    /// Writes element `from` of `updates` to element `to` of `y`, which have the same type.
    void write(Tensor y, long to, Tensor updates, long from) {
        if (this == NONE) {
            y.copyElement(to, updates, from);
        } else if (y.type().isFloat()) {
            y.setDouble(to, apply(y.getDouble(to), updates.getDouble(from)));
        } else {
            y.setLong(to, apply(y.getLong(to), updates.getLong(from), y.type() == DataType.UINT64));
        }
    }

    private double apply(double a, double b) {
        return switch (this) {
            case NONE -> b;
            case ADD -> a + b;
            case MUL -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    private long apply(long a, long b, boolean isUnsigned) {
        return switch (this) {
            case NONE -> b;
            case ADD -> a + b;
            case MUL -> a * b;
            case MAX -> isLess(a, b, isUnsigned) ? b : a;
            case MIN -> isLess(a, b, isUnsigned) ? a : b;
        };
    }

    private static boolean isLess(long a, long b, boolean isUnsigned) {
        return isUnsigned ? Long.compareUnsigned(a, b) < 0 : a < b;
    }
}
