package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.indexing.GatherElements;
import dev.balsa.ir.indexing.GatherND;
import dev.balsa.ir.indexing.ScatterElements;
import dev.balsa.ir.indexing.ScatterND;
import dev.balsa.ir.indexing.ScatterReduction;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.movement.ElementReduction;
import dev.balsa.kernel.movement.IndexedCopyRequest;
import dev.balsa.kernel.movement.IndexedCopyRequest.Member;
import dev.balsa.kernel.movement.MovementKernels;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/// Finds kernels for operators that copy elements from or to places that an input tells.
record IndexLowering(Graph graph, KernelPicker picker) {
    /// What indices mean.
    ///
    /// @param block elements that belong to a tuple of indices
    /// @param members of tuples, with strides in elements
    /// @param shape of the walk over tuples
    /// @param dataStrides of the walk, in elements of the data
    /// @param tupleStrides of the walk, in tuples
    private record Places(
            long block, List<Member> members, List<Long> shape, List<Long> dataStrides, List<Long> tupleStrides) {}

    Optional<KernelChoice> gather(Node node, Gather op) {
        if (!MovementLowering.isMovable(node.input(0))) {
            return Optional.empty();
        }
        var data = Chains.shape(node.input(0));
        int axis = Axes.normalize(op.axis(), data.rank());
        long length = data.dim(axis);
        long block = data.size(axis + 1, data.rank());
        var walk = List.of(data.size(0, axis), Chains.shape(node.input(1)).size());
        return gather(
                node,
                new Places(
                        block, List.of(new Member(length, block)), walk, List.of(length * block, 0L), List.of(0L, 1L)));
    }

    Optional<KernelChoice> gatherElements(Node node, GatherElements op) {
        return areMovable(node) ? gather(node, elements(node, op.axis())) : Optional.empty();
    }

    Optional<KernelChoice> scatterElements(Node node, ScatterElements op) {
        // The plain definition says what is wrong with updates.
        if (!isKnown(op.reduction(), node)
                || !areMovable(node)
                || !Chains.shape(node.input(1)).equals(Chains.shape(node.input(2)))) {
            return Optional.empty();
        }
        return scatter(node, elements(node, op.axis()), op.reduction());
    }

    private static Places elements(Node node, long axis) {
        var data = Chains.shape(node.input(0));
        var indices = Chains.shape(node.input(1));
        int at = Axes.normalize(axis, data.rank());
        var strides = data.strides();
        var member = new Member(data.dim(at), strides[at]);
        strides[at] = 0;
        return new Places(1, List.of(member), indices.toList(), list(strides), list(indices.strides()));
    }

    Optional<KernelChoice> gatherTuples(Node node, GatherND op) {
        return areMovable(node) ? gather(node, tuples(node, (int) op.batchDims())) : Optional.empty();
    }

    Optional<KernelChoice> scatterTuples(Node node, ScatterND op) {
        if (!isKnown(op.reduction(), node) || !areMovable(node)) {
            return Optional.empty();
        }
        var data = Chains.shape(node.input(0));
        var indices = Chains.shape(node.input(1));
        var updates = new ArrayList<>(indices.toList().subList(0, indices.rank() - 1));
        updates.addAll(data.toList().subList((int) indices.dim(-1), data.rank()));
        return Chains.shape(node.input(2)).toList().equals(updates)
                ? scatter(node, tuples(node, 0), op.reduction())
                : Optional.empty();
    }

    /// @param first the dimension of the data that tuples begin with
    private static Places tuples(Node node, int first) {
        var data = Chains.shape(node.input(0));
        var indices = Chains.shape(node.input(1));
        var strides = data.strides();
        int length = (int) indices.dim(-1);
        var members = new ArrayList<Member>();
        for (int i = first; i < first + length; i++) {
            members.add(new Member(data.dim(i), strides[i]));
        }
        long batches = data.size(0, first);
        long perBatch = batches == 0 ? 0 : indices.size(0, indices.rank() - 1) / batches;
        return new Places(
                data.size(first + length, data.rank()),
                members,
                List.of(batches, perBatch),
                List.of(data.size(first, data.rank()), 0L),
                List.of(perBatch, 1L));
    }

    private static boolean areMovable(Node node) {
        return node.inputs().stream().allMatch(MovementLowering::isMovable);
    }

    private static List<Long> list(long[] values) {
        return LongStream.of(values).boxed().toList();
    }

    private Optional<KernelChoice> gather(Node node, Places places) {
        return picker.pick(
                MovementKernels.indexed(picker.isa()),
                request(node, places, false, ScatterReduction.NONE),
                List.of(node.input(0), node.input(1), node.output(0)),
                0);
    }

    private Optional<KernelChoice> scatter(Node node, Places places, ScatterReduction reduction) {
        return picker.pick(
                MovementKernels.indexed(picker.isa()),
                request(node, places, true, reduction),
                List.of(node.input(0), node.input(1), node.input(2), node.output(0)),
                OptionalInt.of(0),
                0);
    }

    /// Whether kernels know how to reduce the data.
    private static boolean isKnown(ScatterReduction reduction, Node node) {
        return reduction == ScatterReduction.NONE
                || ElementReduction.knows(node.input(0).type().dtype());
    }

    private static Optional<ElementReduction> reduction(ScatterReduction reduction, DataType type) {
        return switch (reduction) {
            case NONE -> Optional.empty();
            case ADD -> Optional.of(new ElementReduction(BinaryFunction.ADD, type));
            case MUL -> Optional.of(new ElementReduction(BinaryFunction.MUL, type));
            case MAX -> Optional.of(new ElementReduction(BinaryFunction.MAX, type));
            case MIN -> Optional.of(new ElementReduction(BinaryFunction.MIN, type));
        };
    }

    private IndexedCopyRequest request(Node node, Places places, boolean scatter, ScatterReduction reduction) {
        var data = node.input(0);
        long width = data.type().dtype().elementBytes();
        return new IndexedCopyRequest(
                scatter,
                places.block() * width,
                Chains.shape(data).size() * width,
                node.input(1).type().dtype(),
                places.members().stream()
                        .map(member -> new Member(member.size(), member.stride() * width))
                        .toList(),
                places.shape(),
                places.dataStrides().stream().map(stride -> stride * width).toList(),
                places.tupleStrides(),
                graph.constant(node.input(1)).map(Tensor::memory),
                reduction(reduction, data.type().dtype()));
    }
}
