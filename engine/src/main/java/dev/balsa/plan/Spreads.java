package dev.balsa.plan;

import dev.balsa.kernel.Stage.Spread;
import dev.balsa.tensor.Shape;
import java.util.Optional;

/// How the operand of an epilogue lies over a result that a kernel sees as a matrix of rows.
final class Spreads {
    private Spreads() {}

    /// Over the result of a convolution `[batch, channels, plane...]`, whose rows are the planes.
    static Optional<Spread> overPlanes(Shape result, Shape operand) {
        if (operand.equals(result)) {
            return Optional.of(Spread.FULL);
        }
        if (operand.size() == 1 && operand.rank() <= result.rank()) {
            return Optional.of(Spread.SCALAR);
        }
        int missing = result.rank() - operand.rank();
        for (int axis = 0; axis < operand.rank(); axis++) {
            boolean channels = axis + missing == 1;
            if (operand.dim(axis) != (channels ? result.dim(1) : 1)) {
                return Optional.empty();
            }
        }
        return missing <= 1 ? Optional.of(Spread.ROW) : Optional.empty();
    }

    /// Over the result of a matrix product `[batch..., m, n]`, whose rows are those of the matrices.
    static Optional<Spread> overRows(Shape result, Shape operand) {
        if (operand.equals(result)) {
            return Optional.of(Spread.FULL);
        }
        if (operand.size() == 1 && operand.rank() <= result.rank()) {
            return Optional.of(Spread.SCALAR);
        }
        boolean lastOnly = operand.rank() >= 1
                && operand.rank() <= result.rank()
                && operand.dim(-1) == operand.size()
                && operand.dim(-1) == result.dim(-1);
        return lastOnly ? Optional.of(Spread.COLUMN) : Optional.empty();
    }
}
