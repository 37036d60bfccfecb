package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The elements of a tensor in groups: those that differ only in their places along some axes belong together.
///
/// Groups are in row-major order of the other axes, the members of a group in row-major order of the given ones.
/// Immutable and thread-safe.
public final class Groups {
    private final long[] keptDims;
    private final long[] keptStrides;
    private final long count;
    private final long[] members;

    private Groups(long[] keptDims, long[] keptStrides, long[] members) {
        this.keptDims = keptDims;
        this.keptStrides = keptStrides;
        this.members = members;
        this.count = Shape.of(keptDims).size();
    }

    /// The groups of a tensor of the given shape along distinct axes, counted from the front.
    ///
    /// @throws ShapeException if a group has 2^31 elements or more
    public static Groups along(Shape shape, List<Integer> axes) {
        int kept = shape.rank() - axes.size();
        var strides = shape.strides();
        var keptDims = new long[kept];
        var keptStrides = new long[kept];
        var ownDims = new long[axes.size()];
        var ownStrides = new long[axes.size()];
        int k = 0;
        int o = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axes.contains(axis)) {
                ownDims[o] = shape.dim(axis);
                ownStrides[o++] = strides[axis];
            } else {
                keptDims[k] = shape.dim(axis);
                keptStrides[k++] = strides[axis];
            }
        }
        // Without elements there are no groups, or groups without members.
        return new Groups(keptDims, keptStrides, shape.size() == 0 ? new long[0] : offsets(ownDims, ownStrides));
    }

    private static long[] offsets(long[] dims, long[] strides) {
        long size = Shape.of(dims).size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new ShapeException("too many elements along the axes of one operator; expected less than 2^31, found "
                    + size + "; split the tensor");
        }
        var offsets = new long[(int) size];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset(i, dims, strides);
        }
        return offsets;
    }

    private static long offset(long index, long[] dims, long[] strides) {
        long offset = 0;
        long rest = index;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            offset += rest % dims[axis] * strides[axis];
            rest /= dims[axis];
        }
        return offset;
    }

    /// The number of groups.
    public long count() {
        return count;
    }

    /// The number of elements of each group; 0 if the tensor has no elements.
    public int size() {
        return members.length;
    }

    /// The flat index of the first member of a group.
    public long origin(long group) {
        return offset(group, keptDims, keptStrides);
    }

    /// The distance in flat indices of a member from the first one of its group.
    public long offset(int member) {
        return members[member];
    }

    /// The members of a group as doubles.
    public double[] doubles(Tensor tensor, long group) {
        long origin = members.length == 0 ? 0 : origin(group);
        var values = new double[members.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getDouble(origin + members[i]);
        }
        return values;
    }

    /// The members of a group as longs.
    public long[] longs(Tensor tensor, long group) {
        long origin = members.length == 0 ? 0 : origin(group);
        var values = new long[members.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getLong(origin + members[i]);
        }
        return values;
    }

    /// Sets the members of a group, rounded to the element type.
    public void write(Tensor tensor, long group, double[] values) {
        long origin = members.length == 0 ? 0 : origin(group);
        for (int i = 0; i < values.length; i++) {
            tensor.setDouble(origin + members[i], values[i]);
        }
    }

    /// Sets the members of a group; integer types keep the low bits.
    public void write(Tensor tensor, long group, long[] values) {
        long origin = members.length == 0 ? 0 : origin(group);
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(origin + members[i], values[i]);
        }
    }
}
