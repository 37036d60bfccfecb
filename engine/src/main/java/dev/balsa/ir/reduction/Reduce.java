package dev.balsa.ir.reduction;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Makes one element of all elements along a set of axes. Inputs: the data, and optionally the axes (int64).
///
/// Without axes all are reduced, or none with [#noopWithEmptyAxes]: then each element is reduced by itself (so that a
/// sum of squares squares it).
public sealed interface Reduce extends Reduction
        permits ReduceL1,
                ReduceL2,
                ReduceLogSum,
                ReduceLogSumExp,
                ReduceMax,
                ReduceMean,
                ReduceMin,
                ReduceProd,
                ReduceSum,
                ReduceSumSquare {
    /// Whether reduced axes stay, with length 1.
    boolean keepDims();

    /// Whether no axes mean no axes, and not all.
    boolean noopWithEmptyAxes();

    /// What the elements are reduced to, for floating-point types; there may be none.
    double of(double[] elements);

    /// What the elements are reduced to, for integer types (and bool where it is allowed), on values as
    /// [Tensor#getLong] gives them; there may be none.
    default long of(long[] elements, DataType type) {
        var doubles = new double[elements.length];
        for (int i = 0; i < elements.length; i++) {
            // Only uint64 has values that are negative as a long: split off the last bit to convert them.
            long value = elements[i];
            doubles[i] = type.isUnsigned() && value < 0 ? (value >>> 1) * 2.0 + (value & 1) : value;
        }
        return (long) of(doubles);
    }

    /// What lengths are reduced to while they are symbolic, if that can be said.
    default Optional<Dim> of(List<Dim> lengths) {
        return Optional.empty();
    }

    /// The axes that are reduced for data of the given rank, ascending, from the axes input.
    ///
    /// @throws dev.balsa.error.ShapeException if there is no such axis
    default List<Integer> reduced(List<Long> axes, int rank) {
        if (axes.isEmpty()) {
            return noopWithEmptyAxes()
                    ? List.of()
                    : IntStream.range(0, rank).boxed().toList();
        }
        return Axes.normalize(axes, rank);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        var axes = axes(in);
        var shape = in.shape(0);
        if (axes.isEmpty()) {
            boolean ranked = keepDims() && shape.hasRank();
            return List.of(in.type(0).withShape(ranked ? SymbolicShape.ofRank(shape.rank()) : SymbolicShape.UNKNOWN));
        }
        if (!shape.hasRank()) {
            boolean scalar = axes.get().isEmpty() && !noopWithEmptyAxes() && !keepDims();
            return List.of(in.type(0).withShape(scalar ? SymbolicShape.of() : SymbolicShape.UNKNOWN));
        }
        return List.of(in.type(0)
                .withShape(SymbolicShape.of(without(shape.list(), reduced(axes.get(), shape.rank()), Dim.of(1)))));
    }

    /// The axes input if it is known; empty lists for none.
    private Optional<List<Long>> axes(Inference in) {
        if (!in.has(1)) {
            return Optional.of(List.of());
        }
        return in.longs(1)
                .or(() -> in.contents(1)
                        .filter(dims -> dims.stream().allMatch(Dim::isKnown))
                        .map(dims -> dims.stream().map(Dim::get).toList()));
    }

    private static List<Long> axes(Tensor input) {
        return LongStream.of(input.toLongArray()).boxed().toList();
    }

    private <T> List<T> without(List<T> dims, List<Integer> reduced, T one) {
        var left = new ArrayList<T>();
        for (int axis = 0; axis < dims.size(); axis++) {
            if (!reduced.contains(axis)) {
                left.add(dims.get(axis));
            } else if (keepDims()) {
                left.add(one);
            }
        }
        return left;
    }

    @Override
    default Optional<List<Dim>> contents(Inference in) {
        var lengths = in.contents(0);
        var axes = axes(in);
        if (lengths.isEmpty() || axes.isEmpty() || !in.shape(0).hasRank()) {
            return Optional.empty();
        }
        if (reduced(axes.get(), in.shape(0).rank()).isEmpty()) {
            var each = lengths.get().stream().map(length -> of(List.of(length))).toList();
            return each.stream().allMatch(Optional::isPresent)
                    ? Optional.of(each.stream().map(Optional::orElseThrow).toList())
                    : Optional.empty();
        }
        return of(lengths.get()).map(List::of);
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        List<Long> axes = run.has(1) ? axes(run.input(1)) : List.of();
        var reduced = reduced(axes, x.shape().rank());
        var y = run.output(0, x.type(), Shape.of(without(x.shape().toList(), reduced, 1L)));
        var groups = Groups.along(x.shape(), reduced);
        for (long i = 0; i < y.size(); i++) {
            if (x.type().isFloat()) {
                y.setDouble(i, of(groups.doubles(x, i)));
            } else {
                y.setLong(i, of(groups.longs(x, i), x.type()));
            }
        }
    }
}
