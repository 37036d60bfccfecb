package dev.balsa.rewrite;

import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How a change of shape goes through a layout: dimensions are split or merged where they stand, if those that are
/// merged stand side by side.
///
/// @param before the layout in which they do: that of the value, or one with the same groups of dimensions in the
///     same order
/// @param after the layout of the result, if the value is in layout `before`
record Regrouping(Layout before, Layout after) {
    /// Dimensions that become other dimensions with as many elements; those of length 1 belong to no group.
    private record Group(List<Integer> from, List<Integer> to) {
        /// Where the first of the former stands in an order; -1 without any.
        int first(List<Integer> order) {
            return from.stream().mapToInt(order::indexOf).min().orElse(-1);
        }
    }

    /// What becomes of a value of shape `from` that the model gives the shape `to`; nothing for empty values.
    static Optional<Regrouping> of(Shape from, Shape to, Layout layout) {
        if (from.size() == 0 || from.size() != to.size()) {
            return Optional.empty();
        }
        var order = layout.longAxes(from);
        var groups = new ArrayList<>(groups(from, to));
        // Comparators of the JDK are made of lambdas that an ahead-of-time cache does not keep.
        groups.sort((one, other) -> Integer.compare(one.first(order), other.first(order)));
        var together = groups.stream().flatMap(group -> group.from().stream()).toList();
        var result = groups.stream().flatMap(group -> group.to().stream()).toList();
        return Optional.of(
                new Regrouping(together.equals(order) ? layout : layout(together, from), layout(result, to)));
    }

    private static List<Group> groups(Shape from, Shape to) {
        var ins = longAxes(from);
        var outs = longAxes(to);
        var groups = new ArrayList<Group>();
        int i = 0;
        int o = 0;
        while (i < ins.size()) {
            var group = new Group(new ArrayList<>(), new ArrayList<>());
            long before = 1;
            long after = 1;
            do {
                if (before <= after) {
                    before *= from.dim(ins.get(i));
                    group.from().add(ins.get(i++));
                } else {
                    after *= to.dim(outs.get(o));
                    group.to().add(outs.get(o++));
                }
            } while (before != after);
            groups.add(group);
        }
        return groups;
    }

    private static List<Integer> longAxes(Shape shape) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> shape.dim(axis) != 1)
                .boxed()
                .toList();
    }

    /// A layout with dimensions in the given order, those of length 1 wherever it looks most familiar.
    private static Layout layout(List<Integer> order, Shape shape) {
        var straight = Layout.straight(shape.rank());
        if (straight.longAxes(shape).equals(order)) {
            return straight;
        }
        var last = Layout.last(shape.rank());
        if (last.longAxes(shape).equals(order)) {
            return last;
        }
        var all = new ArrayList<>(
                straight.order().stream().filter(axis -> shape.dim(axis) == 1).toList());
        all.addAll(order);
        return new Layout(all);
    }
}
