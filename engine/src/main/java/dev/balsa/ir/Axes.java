package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import java.util.List;

/// Axis numbers as ONNX writes them: negative ones count from the back.
public final class Axes {
    private Axes() {}

    /// The axis counted from the front.
    ///
    /// @throws ShapeException if it is not in `[-rank, rank - 1]`
    public static int normalize(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new ShapeException("axis " + axis + " does not exist; expected " + -rank + " to " + (rank - 1)
                    + " for rank " + rank + "; check the axis attribute or input");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /// The axes counted from the front, in ascending order and without repetition.
    public static List<Integer> normalize(List<Long> axes, int rank) {
        return axes.stream()
                .map(axis -> normalize(axis, rank))
                .sorted()
                .distinct()
                .toList();
    }
}
