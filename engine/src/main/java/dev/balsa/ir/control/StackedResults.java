package dev.balsa.ir.control;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The results of a loop's iterations, one below the other, while nobody knows how many there will be. Not thread-safe.
final class StackedResults {
    private final int index;
    private final long certain;
    private Tensor room = Tensor.allocate(DataType.BOOL, Shape.of(0));
    private Shape slice = Shape.scalar();
    private long count;

    /// @param index which result of the body this is, for messages
    /// @param certain how many iterations there will be at least, once there is one
    StackedResults(int index, long certain) {
        this.index = index;
        this.certain = Math.max(1, certain);
    }

    /// Adds the result of one more iteration.
    ///
    /// @throws ShapeException if it differs in type or shape from those before
    /// @throws dev.balsa.error.ResourceException if memory does not suffice
    void add(Tensor result) {
        if (count == 0) {
            slice = result.shape();
            room = allocate(result.type(), certain);
        } else if (result.type() != room.type() || !result.shape().equals(slice)) {
            throw new ShapeException("result " + index + " of the body: expected " + room.type() + " " + slice
                    + " as in the iterations before, found " + result + " in iteration " + count);
        }
        if (slice.size() > 0 && count == room.shape().dim(0)) {
            var larger = allocate(room.type(), Math.multiplyExact(count, 2));
            larger.copyElements(0, room, 0, room.size());
            room = larger;
        }
        if (slice.size() > 0) {
            room.copyElements(count * slice.size(), result, 0, slice.size());
        }
        count++;
    }

    private Tensor allocate(DataType type, long slices) {
        try {
            return Tensor.allocate(type, shape(slices));
        } catch (BalsaException e) {
            throw e.within("result " + index + " of the body in " + slices + " iterations");
        }
    }

    private Shape shape(long slices) {
        List<Long> dims = new ArrayList<>(slice.toList());
        dims.addFirst(slices);
        return Shape.of(dims);
    }

    /// Whether nothing was added.
    boolean isEmpty() {
        return count == 0;
    }

    /// The shape of all results together.
    Shape shape() {
        return shape(count);
    }

    /// The element type of the results.
    DataType type() {
        return room.type();
    }

    /// Writes all results to a tensor of [#shape].
    void writeTo(Tensor target) {
        target.copyElements(0, room, 0, target.size());
    }
}
