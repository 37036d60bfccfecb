package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Runs of tensor elements as arrays of double.
final class Planes {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Planes() {}

    /// A copy of the elements from `from` on.
    static double[] read(Tensor tensor, long from, long count) {
        var values = new double[length(count)];
        if (tensor.type() == DataType.FLOAT32) {
            var memory = tensor.memory();
            for (int i = 0; i < values.length; i++) {
                values[i] = memory.getAtIndex(F32, from + i);
            }
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getDouble(from + i);
        }
        return values;
    }

    /// A number of elements, which an array can hold.
    ///
    /// @throws ShapeException if it cannot
    static int length(long count) {
        if (count > Integer.MAX_VALUE - 8) {
            throw new ShapeException("expected at most " + (Integer.MAX_VALUE - 8) + " elements in a plane, found "
                    + count + "; split the image");
        }
        return (int) count;
    }

    /// Sets the elements from `to` on, rounded to a floating type, or cut to an integer and kept in the type's
    /// range.
    static void write(Tensor tensor, long to, double[] values) {
        if (tensor.type().isInteger() && tensor.type().bits() < 64) {
            long least = tensor.type().minValue();
            long greatest = tensor.type().maxValue();
            for (int i = 0; i < values.length; i++) {
                tensor.setLong(to + i, Math.clamp((long) values[i], least, greatest));
            }
            return;
        }
        for (int i = 0; i < values.length; i++) {
            tensor.setDouble(to + i, values[i]);
        }
    }
}
