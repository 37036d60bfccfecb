package dev.balsa.rewrite;

import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// In which order a value has the dimensions that the model gives it.
///
/// @param order dimension `i` as it is made is the model's dimension `order[i]`
record Layout(List<Integer> order) {
    /// The least rank of an image: batch, channels, and a spatial dimension.
    private static final int IMAGE = 3;

    /// Copies the list.
    Layout {
        order = List.copyOf(order);
    }

    /// As the model has it.
    static Layout straight(int rank) {
        var order = new ArrayList<Integer>(rank);
        for (int i = 0; i < rank; i++) {
            order.add(i);
        }
        return new Layout(order);
    }

    /// An image with its channels last.
    static Layout last(int rank) {
        return of(ChannelsLast.toLast(rank).order(rank));
    }

    static Layout of(int[] order) {
        var list = new ArrayList<Integer>(order.length);
        for (int axis : order) {
            list.add(axis);
        }
        return new Layout(list);
    }

    int rank() {
        return order.size();
    }

    boolean isStraight() {
        for (int i = 0; i < rank(); i++) {
            if (order.get(i) != i) {
                return false;
            }
        }
        return true;
    }

    /// Where the model's dimension stands.
    int place(int axis) {
        return order.indexOf(axis);
    }

    /// Lengths of the model's dimensions in this order.
    <T> List<T> apply(List<T> dims) {
        var turned = new ArrayList<T>(rank());
        for (int axis : order) {
            turned.add(dims.get(axis));
        }
        return List.copyOf(turned);
    }

    /// The type of a value that the model gives the type.
    TensorType apply(TensorType type) {
        List<Dim> dims = apply(type.shape().list());
        return type.withShape(SymbolicShape.of(dims));
    }

    /// What brings a value in another layout to this one.
    Transpose from(Layout other) {
        var perm = new ArrayList<Long>(rank());
        for (int axis : order) {
            perm.add((long) other.place(axis));
        }
        return new Transpose(perm);
    }

    /// Whether a value of the model's shape has its elements in the same order in both layouts.
    boolean isSame(Layout other, Shape shape) {
        return longAxes(shape).equals(other.longAxes(shape));
    }

    /// The dimensions that are not of length 1.
    List<Integer> longAxes(Shape shape) {
        var axes = new ArrayList<Integer>(rank());
        for (int axis : order) {
            if (shape.dim(axis) != 1) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /// The layout of what the model transposes, if nothing is done.
    Layout transposed(int[] perm) {
        var places = IntStream.of(perm).boxed().toList();
        return new Layout(order.stream().map(places::indexOf).toList());
    }

    /// The layout when the model drops dimensions.
    Layout without(Set<Integer> axes) {
        return new Layout(order.stream()
                .filter(axis -> !axes.contains(axis))
                .map(axis ->
                        axis - (int) axes.stream().filter(gone -> gone < axis).count())
                .toList());
    }

    /// The layout when the model puts `count` dimensions in the place of one.
    Layout replaced(int axis, int count) {
        var made = new ArrayList<Integer>();
        for (int other : order) {
            if (other == axis) {
                IntStream.range(0, count).forEach(i -> made.add(axis + i));
            } else {
                made.add(other > axis ? other + count - 1 : other);
            }
        }
        return new Layout(made);
    }

    /// What the names of values in this layout end with.
    String suffix() {
        return rank() >= IMAGE && equals(last(rank()))
                ? ".last"
                : "." + order.stream().map(String::valueOf).collect(Collectors.joining("_"));
    }
}
