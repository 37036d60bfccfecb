package dev.balsa.ir.reduction;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// Combines the elements along one axis step by step and keeps every step. Inputs: the data, and the axis as a tensor
/// of one element (int32 or int64).
public sealed interface Running extends Reduction permits CumProd, CumSum {
    /// Whether an element is left out of the step at its own place, which then begins with [#start].
    boolean exclusive();

    /// Whether the steps go from the last element to the first.
    boolean reverse();

    /// What there is before the first element.
    long start();

    /// The next step.
    double step(double before, double element);

    /// The next step, for integers.
    long step(long before, long element);

    @Override
    default List<TensorType> infer(Inference in) {
        var axis = in.constant(1);
        if (axis.isPresent() && in.shape(0).hasRank()) {
            axis(axis.get(), in.shape(0).rank());
        }
        return List.of(in.type(0));
    }

    private static int axis(Tensor input, int rank) {
        if (input.size() != 1) {
            throw new ShapeException("input 1 \"axis\": wrong shape; expected one element, found " + input.shape()
                    + "; check the model's inputs");
        }
        return Axes.normalize(input.getLong(0), rank);
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        int axis = axis(run.input(1), x.shape().rank());
        var y = run.output(0, x.type(), x.shape());
        if (x.size() == 0) {
            return;
        }
        var groups = Groups.along(x.shape(), List.of(axis));
        for (long i = 0; i < groups.count(); i++) {
            if (x.type().isFloat()) {
                groups.write(y, i, steps(groups.doubles(x, i)));
            } else {
                groups.write(y, i, steps(groups.longs(x, i)));
            }
        }
    }

    private double[] steps(double[] elements) {
        var steps = new double[elements.length];
        double state = start();
        for (int i = 0; i < elements.length; i++) {
            int at = reverse() ? elements.length - 1 - i : i;
            double next = step(state, elements[at]);
            steps[at] = exclusive() ? state : next;
            state = next;
        }
        return steps;
    }

    private long[] steps(long[] elements) {
        var steps = new long[elements.length];
        long state = start();
        for (int i = 0; i < elements.length; i++) {
            int at = reverse() ? elements.length - 1 - i : i;
            long next = step(state, elements[at]);
            steps[at] = exclusive() ? state : next;
            state = next;
        }
        return steps;
    }
}
