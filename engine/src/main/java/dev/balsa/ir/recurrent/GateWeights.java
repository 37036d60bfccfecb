package dev.balsa.ir.recurrent;

import dev.balsa.ir.Evaluation;
import dev.balsa.tensor.Tensor;

/// The weights of one direction of a recurrent layer. Immutable.
final class GateWeights {
    private final int hidden;
    private final int inputs;
    private final int rows;
    private final double[] w;
    private final double[] r;
    private final double[] b;

    /// @param walk 0, or 1 for the second of two directions
    GateWeights(Evaluation run, int walk) {
        hidden = Math.toIntExact(run.input(2).shape().dim(2));
        inputs = Math.toIntExact(run.input(0).shape().dim(2));
        rows = Math.toIntExact(run.input(1).shape().dim(1));
        w = part(run.input(1), walk, Math.multiplyExact(rows, inputs));
        r = part(run.input(2), walk, Math.multiplyExact(rows, hidden));
        b = run.has(3)
                ? part(run.input(3), walk, Math.multiplyExact(rows, 2))
                : new double[Math.multiplyExact(rows, 2)];
    }

    /// The `length` elements of a direction's part of a tensor.
    static double[] part(Tensor tensor, int walk, int length) {
        var values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = tensor.getDouble((long) walk * length + i);
        }
        return values;
    }

    /// The number of hidden units.
    int hidden() {
        return hidden;
    }

    /// What the input and its bias add to unit `unit` of gate `gate`.
    double input(int gate, int unit, double[] x) {
        int row = gate * hidden + unit;
        return b[row] + dot(w, row * inputs, x);
    }

    /// What the state and its bias add.
    double recurrent(int gate, int unit, double[] h) {
        int row = gate * hidden + unit;
        return b[rows + row] + dot(r, row * hidden, h);
    }

    private static double dot(double[] matrix, int from, double[] vector) {
        double sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum += matrix[from + i] * vector[i];
        }
        return sum;
    }

    /// What input and state add together.
    double both(int gate, int unit, double[] x, double[] h) {
        return input(gate, unit, x) + recurrent(gate, unit, h);
    }
}
