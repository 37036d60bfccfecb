package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.SliceRange;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.kernel.elementwise.ElementwiseKernels;
import dev.balsa.kernel.elementwise.SelectRequest;
import dev.balsa.kernel.movement.ConcatRequest;
import dev.balsa.kernel.movement.MovementKernels;
import dev.balsa.kernel.movement.PadMode;
import dev.balsa.kernel.movement.PadRequest;
import dev.balsa.kernel.movement.RowUpdateRequest;
import dev.balsa.kernel.movement.StridedCopyRequest;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Finds kernels for operators that move elements of whole bytes without looking at them.
record MovementLowering(Graph graph, KernelPicker picker) {
    /// Whether the kernels can move elements of this value: it has whole bytes and a known shape.
    static boolean isMovable(Value value) {
        return value.type().dtype().bits() >= 8 && value.type().shape().isKnown();
    }

    private static int width(Value value) {
        return value.type().dtype().elementBytes();
    }

    private Optional<KernelChoice> copy(Node node, StridedCopyRequest request) {
        return picker.pick(MovementKernels.copies(picker.isa()), request, List.of(node.input(0), node.output(0)), 0);
    }

    Optional<KernelChoice> transpose(Node node, Transpose op) {
        if (!isMovable(node.input(0))) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0));
        var order = IntStream.of(op.order(shape.rank())).boxed().toList();
        return copy(node, StridedCopyRequest.transpose(width(node.input(0)), shape.toList(), order));
    }

    Optional<KernelChoice> expand(Node node) {
        if (!isMovable(node.input(0))) {
            return Optional.empty();
        }
        return copy(
                node,
                StridedCopyRequest.expand(
                        width(node.input(0)),
                        Chains.shape(node.input(0)).toList(),
                        Chains.shape(node.output(0)).toList()));
    }

    Optional<KernelChoice> tile(Node node) {
        var repeats = longs(node, 1);
        if (!isMovable(node.input(0)) || repeats.isEmpty()) {
            return Optional.empty();
        }
        return copy(
                node,
                StridedCopyRequest.tile(
                        width(node.input(0)), Chains.shape(node.input(0)).toList(), repeats.get()));
    }

    Optional<KernelChoice> slice(Node node) {
        if (!isMovable(node.input(0))) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0)).toList();
        return ranges(node)
                .flatMap(ranges -> copy(
                        node,
                        StridedCopyRequest.slice(
                                width(node.input(0)),
                                shape,
                                ranges.stream().map(SliceRange::start).toList(),
                                ranges.stream().map(SliceRange::step).toList(),
                                ranges.stream().map(SliceRange::length).toList())));
    }

    /// What a Slice takes of each dimension, if that is known and as it should be.
    Optional<List<SliceRange>> ranges(Node node) {
        var starts = longs(node, 1);
        var ends = longs(node, 2);
        var given = node.input(3).isPresent() ? longs(node, 3) : Optional.<List<Long>>empty();
        var givenSteps = node.input(4).isPresent() ? longs(node, 4) : Optional.<List<Long>>empty();
        boolean known = starts.isPresent()
                && ends.isPresent()
                && given.isPresent() == node.input(3).isPresent()
                && givenSteps.isPresent() == node.input(4).isPresent();
        if (!known) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0));
        int count = starts.get().size();
        var axes = given.orElseGet(() -> LongStream.range(0, count).boxed().toList());
        var steps = givenSteps.orElseGet(() -> Collections.nCopies(count, 1L));
        if (ends.get().size() != count || axes.size() != count || steps.size() != count) {
            // The plain definition says what is wrong.
            return Optional.empty();
        }
        var ranges = new ArrayList<SliceRange>();
        shape.toList().forEach(length -> ranges.add(new SliceRange(0, 1, length)));
        for (int i = 0; i < count; i++) {
            int axis = Axes.normalize(axes.get(i), shape.rank());
            ranges.set(
                    axis,
                    SliceRange.of(
                            shape.dim(axis), starts.get().get(i), ends.get().get(i), steps.get(i)));
        }
        return Optional.of(ranges);
    }

    Optional<KernelChoice> concat(Node node, Concat op) {
        if (!node.inputs().stream().allMatch(MovementLowering::isMovable)) {
            return Optional.empty();
        }
        var result = Chains.shape(node.output(0));
        int axis = Axes.normalize(op.axis(), result.rank());
        var runs = node.inputs().stream()
                .map(value -> Chains.shape(value).size(axis, result.rank()) * width(value))
                .toList();
        var operands = new ArrayList<>(node.inputs());
        operands.add(node.output(0));
        return picker.pick(
                MovementKernels.concats(picker.isa()), new ConcatRequest(result.size(0, axis), runs), operands, 0);
    }

    /// The rest of a Concat that has a kernel, where others write some inputs straight into its output.
    ///
    /// @param rest the numbers of the inputs that are left, in order
    /// @param row bytes from a row of the output to the next
    /// @param width bytes of an element
    Optional<KernelChoice> rest(Node node, Concat op, List<Integer> rest, long row, int width) {
        var result = Chains.shape(node.output(0));
        int axis = Axes.normalize(op.axis(), result.rank());
        var runs = new ArrayList<Long>();
        var places = new ArrayList<Long>();
        var operands = new ArrayList<Value>();
        long place = 0;
        for (int i = 0; i < node.inputs().size(); i++) {
            long run = Chains.shape(node.input(i)).size(axis, result.rank()) * width;
            if (rest.contains(i)) {
                runs.add(run);
                places.add(place);
                operands.add(node.input(i));
            }
            place += run;
        }
        operands.add(node.output(0));
        var request = new ConcatRequest(result.size(0, axis), runs, places, row);
        return picker.pick(MovementKernels.concats(picker.isa()), request, operands, 0);
    }

    /// A gather of slices at equal distances; nothing for others.
    Optional<KernelChoice> gather(Node node, Gather op) {
        if (!isMovable(node.input(0))) {
            return Optional.empty();
        }
        var data = Chains.shape(node.input(0));
        int axis = Axes.normalize(op.axis(), data.rank());
        return longs(node, 1)
                .flatMap(indices -> steps(width(node.input(0)), data, axis, indices))
                .flatMap(request -> copy(node, request));
    }

    /// Indices at equal distances, as a copy; nothing for others, or if one is out of range.
    private static Optional<StridedCopyRequest> steps(int width, Shape data, int axis, List<Long> indices) {
        long size = data.dim(axis);
        if (indices.isEmpty() || indices.stream().anyMatch(index -> index < -size || index >= size)) {
            return Optional.empty();
        }
        var places =
                indices.stream().map(index -> index < 0 ? index + size : index).toList();
        long step = places.size() > 1 ? places.get(1) - places.get(0) : 1;
        for (int i = 1; i < places.size(); i++) {
            if (places.get(i) - places.get(i - 1) != step) {
                return Optional.empty();
            }
        }
        long inner = data.size(axis + 1, data.rank());
        return Optional.of(new StridedCopyRequest(
                width,
                List.of(data.size(0, axis), (long) places.size(), inner),
                places.getFirst() * inner,
                List.of(size * inner, step * inner, 1L)));
    }

    Optional<KernelChoice> pad(Node node, Pad op) {
        var pads = longs(node, 1);
        var shape = Chains.shape(node.input(0));
        var given = node.input(3).isPresent()
                ? longs(node, 3)
                : Optional.of(LongStream.range(0, shape.rank()).boxed().toList());
        boolean valued = op.mode() == Pad.Mode.CONSTANT && node.input(2).isPresent();
        if (!isMovable(node.input(0)) || pads.isEmpty() || given.isEmpty()) {
            return Optional.empty();
        }
        var begins = new Long[shape.rank()];
        var ends = new Long[shape.rank()];
        Arrays.fill(begins, 0L);
        Arrays.fill(ends, 0L);
        // What negative pads leave is what the others are copies of: the kernel takes them of all there was.
        if (op.mode() != Pad.Mode.CONSTANT
                && (shape.size() == 0 || pads.get().stream().anyMatch(pad -> pad < 0))) {
            return Optional.empty();
        }
        int count = given.get().size();
        for (int i = 0; i < count; i++) {
            int axis = Axes.normalize(given.get().get(i), shape.rank());
            begins[axis] = pads.get().get(i);
            ends[axis] = pads.get().get(i + count);
        }
        var request = new PadRequest(
                width(node.input(0)), mode(op.mode(), valued), shape.toList(), List.of(begins), List.of(ends));
        var operands =
                valued ? List.of(node.input(0), node.input(2), node.output(0)) : List.of(node.input(0), node.output(0));
        return picker.pick(MovementKernels.pads(picker.isa()), request, operands, 0);
    }

    private static PadMode mode(Pad.Mode mode, boolean valued) {
        return switch (mode) {
            case CONSTANT -> valued ? PadMode.CONSTANT : PadMode.ZERO;
            case REFLECT -> PadMode.REFLECT;
            case EDGE -> PadMode.EDGE;
            case WRAP -> PadMode.WRAP;
        };
    }

    /// New entries of a cache, unless their places are known and not as they should be.
    Optional<KernelChoice> update(Node node, TensorScatter op) {
        var places = node.input(2);
        if (!isMovable(node.input(0)) || !isMovable(node.input(1))) {
            return Optional.empty();
        }
        var cache = Chains.shape(node.input(0));
        int axis = Axes.normalize(op.axis(), cache.rank());
        long capacity = cache.dim(axis);
        long entries = Chains.shape(node.input(1)).dim(axis);
        long samples = cache.dim(0);
        var firsts = places.isPresent() ? longs(node, 2) : Optional.of(Collections.nCopies((int) samples, 0L));
        boolean areAsMany = firsts.map(known -> known.size() == samples)
                .orElseGet(() -> places.type()
                        .shape()
                        .known()
                        .filter(shape -> shape.size() == samples)
                        .isPresent());
        boolean fits = areAsMany
                && entries <= capacity
                && capacity > 0
                && firsts.stream()
                        .flatMap(List::stream)
                        .allMatch(first -> first >= 0 && (op.circular() || first <= capacity - entries));
        if (!fits) {
            // The plain definition says what is wrong.
            return Optional.empty();
        }
        var request = new RowUpdateRequest(
                samples,
                cache.size(1, axis),
                capacity,
                entries,
                cache.size(axis + 1, cache.rank()) * width(node.input(0)),
                firsts,
                op.circular());
        var operands = new ArrayList<>(node.inputs().subList(0, firsts.isPresent() ? 2 : 3));
        operands.add(node.output(0));
        return picker.pick(MovementKernels.rowUpdates(), request, operands, OptionalInt.of(0), 0);
    }

    Optional<KernelChoice> select(Node node) {
        if (!isMovable(node.input(1)) || !node.input(0).type().shape().isKnown()) {
            return Optional.empty();
        }
        var result = Chains.shape(node.output(0));
        var strides = node.inputs().stream()
                .map(value -> ChainLowering.strides(Chains.shape(value), result))
                .toList();
        var operands = new ArrayList<>(node.inputs());
        operands.add(node.output(0));
        return picker.pick(
                ElementwiseKernels.selects(),
                new SelectRequest(width(node.input(1)), result.toList(), strides),
                operands,
                0);
    }

    private Optional<List<Long>> longs(Node node, int input) {
        return graph.constant(node.input(input))
                .map(Tensor::toLongArray)
                .map(values -> LongStream.of(values).boxed().toList());
    }
}
