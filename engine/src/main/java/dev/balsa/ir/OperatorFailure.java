package dev.balsa.ir;

import dev.balsa.error.BalsaException;
import dev.balsa.error.InternalException;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import java.util.NoSuchElementException;

/// What the failure of an operator's rule or definition is reported as, when the operator did not foresee it: a file
/// can ask for more than anybody thought of, and must still get an error that names the node.
public final class OperatorFailure {
    private OperatorFailure() {}

    /// The exception to throw in the place of `thrown`; a [BalsaException] is passed on as it is. The caller adds
    /// the place.
    ///
    /// Numbers out of range are taken for the model's fault, anything else for a defect of the operator.
    public static BalsaException of(Throwable thrown) {
        return switch (thrown) {
            case BalsaException known -> known;
            case OutOfMemoryError e ->
                new ResourceException(
                        "not enough memory (" + e.getMessage() + "); expected tensors that fit; check the "
                                + "shapes, or give the process more memory",
                        e);
            case StackOverflowError e ->
                new ResourceException(
                        "graphs are nested too deeply for the stack of this thread; expected a model with "
                                + "fewer levels; run it in a thread with a larger stack",
                        e);
            case IndexOutOfBoundsException e -> outOfRange(e);
            case ArithmeticException e -> outOfRange(e);
            case IllegalArgumentException e -> outOfRange(e);
            case NegativeArraySizeException e -> outOfRange(e);
            case NoSuchElementException e -> outOfRange(e);
            default -> new InternalException("the operator failed (" + thrown + "); please report the model", thrown);
        };
    }

    private static BalsaException outOfRange(RuntimeException e) {
        return new ShapeException(
                "attributes or inputs out of range (" + e
                        + "); expected what the operator's definition allows; check the " + "model and its inputs",
                e);
    }
}
