package dev.balsa.tensor;

import dev.balsa.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The concrete dimensions of a tensor, outermost first; rank 0 is a scalar. Immutable and thread-safe.
///
/// Elements are laid out row-major: the last dimension is contiguous.
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dims;
    private final long size;

    private Shape(long[] dims) {
        this.dims = dims;
        this.size = product(dims);
    }

    /// The shape with these dimensions.
    ///
    /// @throws ShapeException if a dimension is negative or the number of elements does not fit 63 bits
    public static Shape of(long... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /// The shape with these dimensions.
    public static Shape of(List<Long> dims) {
        var numbers = new long[dims.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = dims.get(i);
        }
        return numbers.length == 0 ? SCALAR : new Shape(numbers);
    }

    /// The shape of a scalar: rank 0, one element.
    public static Shape scalar() {
        return SCALAR;
    }

    private static long product(long[] dims) {
        long size = 1;
        boolean empty = false;
        for (long dim : dims) {
            if (dim < 0) {
                throw new ShapeException("shape " + Arrays.toString(dims)
                        + ": expected dimensions of at least 0, found " + dim + "; check the shape that was asked for");
            }
            empty |= dim == 0;
        }
        if (empty) {
            return 0;
        }
        for (long dim : dims) {
            if (Math.multiplyHigh(size, dim) != 0 || (size *= dim) < 0) {
                throw new ShapeException("shape " + Arrays.toString(dims)
                        + ": expected at most 2^63 - 1 elements, found more; check the dimensions");
            }
        }
        return size;
    }

    /// The number of dimensions.
    public int rank() {
        return dims.length;
    }

    /// The length of dimension `axis`, where negative axes count from the back (-1 is the last).
    public long dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    /// The number of elements.
    public long size() {
        return size;
    }

    /// The product of dimensions `from` (inclusive) to `to` (exclusive); 1 if there are none.
    public long size(int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= dims[i];
        }
        return product;
    }

    /// The dimensions as a new array.
    public long[] toArray() {
        return dims.clone();
    }

    /// The dimensions as a list.
    public List<Long> toList() {
        var list = new Long[dims.length];
        Arrays.setAll(list, i -> dims[i]);
        return List.of(list);
    }

    /// The row-major strides in elements, as a new array.
    public long[] strides() {
        var strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /// The dimensions in the form `1x3x224x224`, or `scalar`.
    @Override
    public String toString() {
        return dims.length == 0
                ? "scalar"
                : LongStream.of(dims).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }
}
