package dev.balsa.ir.quantization;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.OneWay;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Parameters of quantised operands, and operands less their zero points.
final class Centred {
    private Centred() {}

    /// The elements less a zero point, which is stretched to the operand's shape.
    ///
    /// @throws ShapeException if it cannot be, or the operand has 2^31 elements or more
    static int[] of(Tensor operand, Tensor zeroPoint) {
        OneWay.check(zeroPoint, operand.shape(), "zero point");
        var values = new int[length(operand.shape())];
        var places = new Broadcasting(operand.shape(), List.of(zeroPoint.shape()));
        for (int i = 0; i < values.length; i++, places.next()) {
            values[i] = (int) (operand.getLong(i) - zeroPoint.getLong(places.index(0)));
        }
        return values;
    }

    /// The number of elements as the length of an array.
    static int length(Shape shape) {
        if (shape.size() > Integer.MAX_VALUE - 8) {
            throw new ShapeException("tensor " + shape + " is too large for integer arithmetic; expected less than "
                    + "2^31 elements; split the tensor");
        }
        return (int) shape.size();
    }

    /// Input `index`, or the scalar 0 if it is left out.
    static Tensor zeroPoint(Evaluation run, int index, Tensor operand) {
        return run.has(index) ? run.input(index) : Tensor.allocate(operand.type(), Shape.scalar());
    }

    /// The only element of input `index`.
    ///
    /// @throws ShapeException if there is not just one
    static Tensor scalar(Evaluation run, int index) {
        var tensor = run.input(index);
        if (tensor.size() != 1) {
            throw new ShapeException("input " + index + ": expected one scale or zero point for the whole tensor, "
                    + "found shape " + tensor.shape() + "; check the model");
        }
        return tensor.reshaped(Shape.scalar());
    }

    /// A parameter as one that is stretched over an operand whose dimension `axis` it belongs to: a vector (of more
    /// than one element) gets trailing dimensions of length 1.
    static Tensor along(int axis, int rank, Tensor parameter) {
        if (parameter.size() == 1) {
            return parameter.reshaped(Shape.scalar());
        }
        if (parameter.shape().rank() != 1 || rank - axis < 1) {
            return parameter;
        }
        var dims = new long[rank - axis];
        Arrays.fill(dims, 1);
        dims[0] = parameter.size();
        return parameter.reshaped(Shape.of(dims));
    }
}
