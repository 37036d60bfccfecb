package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.SliceRange;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.view.View;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Where the elements of a value lie in a tensor that it is a rearranged part of. Immutable.
///
/// A dimension of the value is one or several loops over elements of the tensor, as a dimension that a Reshape
/// made of two is.
///
/// @param base the tensor
/// @param offset the value's first element in it
/// @param dims for each dimension of the value its loops, the outermost first; none for a dimension of length 1
/// @param factor what the tensor's elements are multiplied by to give those of the value
record ElementView(Value base, long offset, List<List<Loop>> dims, float factor) {
    /// So many places at equal distances.
    record Loop(long size, long stride) {}

    /// A value of known shape itself.
    static ElementView of(Value value) {
        var shape = value.type().shape().known().orElseThrow();
        var strides = shape.strides();
        var dims = new ArrayList<List<Loop>>();
        for (int i = 0; i < shape.rank(); i++) {
            dims.add(shape.dim(i) == 1 ? List.of() : List.of(new Loop(shape.dim(i), strides[i])));
        }
        return new ElementView(value, 0, dims, 1);
    }

    /// The same elements where the node that makes the base takes them from, if it only rearranges or scales them.
    Optional<ElementView> before(GraphView view) {
        var producer = view.producer(base);
        if (producer.isEmpty() || !base.type().shape().isKnown()) {
            return Optional.empty();
        }
        var node = producer.get();
        return switch (node.op()) {
            case Mul _ -> scaled(node, view, false);
            case Div _ -> scaled(node, view, true);
            case View _ -> isKnown(node.input(0)) ? Optional.of(in(node.input(0), offset, dims)) : Optional.empty();
            case Transpose _, Slice _, Expand _, Gather _ ->
                isKnown(node.input(0))
                        ? Places.of(node, view).flatMap(places -> moved(node.input(0), shape(base), places))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /// The same elements in the result of a node that only rearranges those of the base.
    Optional<ElementView> after(Node node) {
        return switch (node.op()) {
            case View _ -> Optional.of(in(node.output(0), offset, dims));
            case Transpose op -> {
                var strides = shape(node.output(0)).strides();
                var order = op.order(strides.length);
                var places = new long[strides.length];
                for (int i = 0; i < order.length; i++) {
                    places[order[i]] = strides[i];
                }
                yield moved(node.output(0), shape(base), Places.of(0, places));
            }
            default -> Optional.empty();
        };
    }

    private ElementView in(Value other, long from, List<List<Loop>> loops) {
        return new ElementView(other, from, loops, factor);
    }

    private Optional<ElementView> scaled(Node node, GraphView view, boolean divides) {
        for (int i = divides ? 1 : 0; i < 2; i++) {
            var constant = Scalars.constant(node.input(i), view);
            var other = node.input(1 - i);
            if (constant.isPresent() && other.type().equals(base.type())) {
                float by = divides ? 1 / constant.get() : constant.get();
                return Optional.of(new ElementView(other, offset, dims, factor * by));
            }
        }
        return Optional.empty();
    }

    private static boolean isKnown(Value value) {
        return value.type().shape().isKnown();
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }

    /// Where elements of a tensor of some shape come from.
    ///
    /// @param start what its first element is
    /// @param strides elements from one to the next along each dimension
    private record Places(long start, List<Long> strides) {
        static Places of(long start, long[] strides) {
            return new Places(start, Arrays.stream(strides).boxed().toList());
        }

        static Optional<Places> of(Node node, GraphView view) {
            var source = shape(node.input(0));
            return switch (node.op()) {
                case Transpose op -> {
                    var strides = source.strides();
                    yield Optional.of(of(
                            0,
                            Arrays.stream(op.order(source.rank()))
                                    .mapToLong(axis -> strides[axis])
                                    .toArray()));
                }
                case Expand _ -> Optional.of(of(0, expanded(source, shape(node.output(0)))));
                case Slice _ -> sliced(node, source, view);
                case Gather op -> gathered(node, op, source, view);
                default -> Optional.empty();
            };
        }

        private static long[] expanded(Shape source, Shape result) {
            var own = source.strides();
            var strides = new long[result.rank()];
            int missing = result.rank() - source.rank();
            for (int i = missing; i < strides.length; i++) {
                strides[i] = source.dim(i - missing) == 1 ? 0 : own[i - missing];
            }
            return strides;
        }

        private static Optional<Places> sliced(Node node, Shape source, GraphView view) {
            var operands = new ArrayList<long[]>();
            for (int i = 1; i < 5; i++) {
                var constant = view.constant(node.input(i));
                if (constant.isEmpty() && node.input(i).isPresent()) {
                    return Optional.empty();
                }
                operands.add(constant.map(Tensor::toLongArray).orElse(new long[0]));
            }
            var strides = source.strides();
            long start = 0;
            for (int i = 0; i < operands.get(0).length; i++) {
                int axis = operands.get(2).length == 0 ? i : Axes.normalize(operands.get(2)[i], source.rank());
                long step = operands.get(3).length == 0 ? 1 : operands.get(3)[i];
                var range = SliceRange.of(source.dim(axis), operands.get(0)[i], operands.get(1)[i], step);
                start += range.start() * strides[axis];
                strides[axis] *= step;
            }
            return Optional.of(of(start, strides));
        }

        private static Optional<Places> gathered(Node node, Gather op, Shape source, GraphView view) {
            var index = view.constant(node.input(1));
            if (index.isEmpty() || index.get().size() != 1) {
                return Optional.empty();
            }
            int axis = Axes.normalize(op.axis(), source.rank());
            long place = index.get().getLong(0);
            long start = place < 0 ? place + source.dim(axis) : place;
            var own = source.strides();
            var strides = new ArrayList<Long>();
            for (int i = 0; i < axis; i++) {
                strides.add(own[i]);
            }
            for (int i = 0; i < index.get().shape().rank(); i++) {
                strides.add(0L);
            }
            for (int i = axis + 1; i < own.length; i++) {
                strides.add(own[i]);
            }
            return Optional.of(new Places(start * own[axis], strides));
        }
    }

    /// The view of another tensor, where the elements of the base of this shape are at the given places.
    private Optional<ElementView> moved(Value other, Shape shape, Places places) {
        if (shape.size() == 0) {
            return Optional.empty();
        }
        var dense = shape.strides();
        // The greatest index that the view has in each dimension, to see that loops do not carry into the next.
        var most = new long[dense.length];
        long from = places.start;
        long left = offset;
        for (int i = 0; i < dense.length; i++) {
            most[i] = left / dense[i];
            left %= dense[i];
            from += most[i] * places.strides.get(i);
        }
        var moved = new ArrayList<List<Loop>>();
        for (var loops : dims) {
            var several = new ArrayList<Loop>();
            for (var loop : loops) {
                var parts = moved(loop, shape, dense, places.strides, most);
                if (parts.isEmpty()) {
                    return Optional.empty();
                }
                several.addAll(parts.get());
            }
            moved.add(merged(several));
        }
        for (int i = 0; i < most.length; i++) {
            if (most[i] >= shape.dim(i)) {
                return Optional.empty();
            }
        }
        return Optional.of(in(other, from, moved));
    }

    /// What a loop becomes: one for each dimension that it goes through.
    private static Optional<List<Loop>> moved(Loop loop, Shape shape, long[] dense, List<Long> strides, long[] most) {
        var parts = new ArrayList<Loop>();
        long size = loop.size;
        long stride = loop.stride;
        while (size > 1 && stride != 0) {
            int axis = axis(stride, shape, dense);
            if (axis < 0 || stride % dense[axis] != 0) {
                return Optional.empty();
            }
            long step = stride / dense[axis];
            long inner = size;
            if ((size - 1) * step >= shape.dim(axis)) {
                inner = shape.dim(axis) / step;
                if (shape.dim(axis) % step != 0 || size % inner != 0) {
                    return Optional.empty();
                }
            }
            most[axis] += (inner - 1) * step;
            parts.addFirst(new Loop(inner, step * strides.get(axis)));
            size /= inner;
            stride = dense[axis] * shape.dim(axis);
        }
        if (size > 1) {
            parts.addFirst(new Loop(size, 0));
        }
        return Optional.of(parts);
    }

    /// The dimension within which a stride lies.
    private static int axis(long stride, Shape shape, long[] dense) {
        for (int i = 0; i < dense.length; i++) {
            if (shape.dim(i) > 1 && stride >= dense[i] && stride < dense[i] * shape.dim(i)) {
                return i;
            }
        }
        return -1;
    }

    private static List<Loop> merged(List<Loop> loops) {
        var merged = new ArrayList<Loop>();
        for (var loop : loops) {
            if (!merged.isEmpty() && merged.getLast().stride == loop.size * loop.stride) {
                merged.set(merged.size() - 1, new Loop(merged.getLast().size * loop.size, loop.stride));
            } else {
                merged.add(loop);
            }
        }
        return merged;
    }
}
