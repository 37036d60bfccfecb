package dev.balsa.ir.view;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Op;
import dev.balsa.tensor.Shape;

/// An operator whose only output has the elements of its first input in the same order; a runtime need not copy them.
public sealed interface View extends Op permits Flatten, Identity, Reshape, Squeeze, Unsqueeze {
    /// The output's shape for the given inputs.
    Shape shape(Evaluation run);

    @Override
    default void evaluate(Evaluation run) {
        run.pass(0, run.input(0).reshaped(shape(run)));
    }
}
