package dev.balsa.kernel.movement;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.tensor.DataType;

/// What becomes of an element to which another one is scattered: the function of both, of floats as
/// [BinaryFunction] says, of integers modulo what the type holds.
///
/// @param function a sum, a product, the lesser or the greater one
/// @param type one of those that [#knows]
public record ElementReduction(BinaryFunction function, DataType type) {
    /// Checks that function and type are among those.
    public ElementReduction {
        boolean isReduction = switch (function) {
            case ADD, MUL, MIN, MAX -> true;
            default -> false;
        };
        if (!isReduction || !knows(type)) {
            throw new IllegalArgumentException("indexed copy: expected a sum, a product or an extreme of float32,"
                    + " float64, int32 or int64, found " + function + " of " + type);
        }
    }

    /// Whether there are reductions of a type.
    public static boolean knows(DataType type) {
        return switch (type) {
            case FLOAT32, FLOAT64, INT32, INT64 -> true;
            default -> false;
        };
    }
}
