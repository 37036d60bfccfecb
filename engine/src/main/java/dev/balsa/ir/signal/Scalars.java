package dev.balsa.ir.signal;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;

/// Inputs that are a single number.
final class Scalars {
    private Scalars() {}

    static long read(Evaluation run, int index) {
        checkSize(run, index);
        return run.input(index).getLong(0);
    }

    static double readReal(Evaluation run, int index) {
        checkSize(run, index);
        return run.input(index).getDouble(0);
    }

    private static void checkSize(Evaluation run, int index) {
        if (run.input(index).size() != 1) {
            throw new ShapeException(
                    "input " + index + ": expected a single number, found " + run.input(index) + "; check the model");
        }
    }
}
