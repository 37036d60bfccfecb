package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.normalization.BatchNormalization;
import dev.balsa.ir.normalization.GroupNormalization;
import dev.balsa.ir.normalization.InstanceNormalization;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.ir.normalization.LogSoftmax;
import dev.balsa.ir.normalization.Lrn;
import dev.balsa.ir.normalization.RmsNormalization;
import dev.balsa.ir.normalization.RowNormalization;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.kernel.normalization.BatchNormRequest;
import dev.balsa.kernel.normalization.GroupNormRequest;
import dev.balsa.kernel.normalization.LocalResponseRequest;
import dev.balsa.kernel.normalization.NormalizationKernels;
import dev.balsa.kernel.normalization.RowNormRequest;
import dev.balsa.kernel.softmax.SoftmaxKernels;
import dev.balsa.kernel.softmax.SoftmaxRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Finds kernels for normalisations of float32.
record NormalizationLowering(Graph graph, KernelPicker picker) {
    private static final OptionalInt OVER_INPUT = OptionalInt.of(0);

    private static boolean isFloat(Node node) {
        return node.inputs().stream().allMatch(value -> !value.isPresent() || Chains.isFloat(value))
                && Chains.shape(node.input(0)).toList().stream().allMatch(dim -> dim <= Integer.MAX_VALUE)
                && Chains.shape(node.input(0)).size() <= Integer.MAX_VALUE;
    }

    Optional<KernelChoice> softmax(Node node, Softmax op) {
        return softmax(node, false, op.axis(), op.flattened());
    }

    Optional<KernelChoice> logSoftmax(Node node, LogSoftmax op) {
        return softmax(node, true, op.axis(), op.flattened());
    }

    private Optional<KernelChoice> softmax(Node node, boolean logarithm, long axis, boolean flattened) {
        if (!isFloat(node)) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0));
        int at = Axes.normalize(axis, shape.rank());
        int end = flattened ? shape.rank() : at + 1;
        var request = new SoftmaxRequest(
                logarithm, shape.size(0, at), (int) shape.size(at, end), shape.size(end, shape.rank()));
        return picker.pick(
                SoftmaxKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                OVER_INPUT,
                0);
    }

    Optional<KernelChoice> rows(Node node, RowNormalization op) {
        boolean statistics = node.output(1).isPresent() || node.output(2).isPresent();
        if (!isFloat(node) || statistics) {
            return Optional.empty();
        }
        var shape = Chains.shape(node.input(0));
        int axis = Axes.normalize(op.axis(), shape.rank());
        boolean shifted = node.input(2).isPresent();
        if (!isRow(node.input(1), shape, axis) || shifted && !isRow(node.input(2), shape, axis)) {
            return Optional.empty();
        }
        boolean centered = switch (op) {
            case LayerNormalization _ -> true;
            case RmsNormalization _ -> false;
        };
        var request = new RowNormRequest(
                shape.size(0, axis),
                (int) shape.size(axis, shape.rank()),
                op.epsilon(),
                centered,
                true,
                shifted,
                false);
        var operands = new ArrayList<>(List.of(node.input(0), node.input(1)));
        if (shifted) {
            operands.add(node.input(2));
        }
        operands.add(node.output(0));
        return picker.pick(
                NormalizationKernels.rows(picker.isa(), VectorProvider.best()), request, operands, OVER_INPUT, 0);
    }

    /// Whether a scale or bias has an element for every place of a row, in order.
    private static boolean isRow(Value value, Shape shape, int axis) {
        var own = Chains.shape(value);
        int missing = shape.rank() - own.rank();
        for (int i = 0; i < own.rank(); i++) {
            if (own.dim(i) != (i + missing < axis ? 1 : shape.dim(i + missing))) {
                return false;
            }
        }
        return missing <= axis && own.size() == shape.size(axis, shape.rank());
    }

    Optional<KernelChoice> batch(Node node, BatchNormalization op) {
        var shape = Chains.shape(node.input(0));
        if (!isFloat(node) || op.training() || op.perElement() || shape.rank() < 2) {
            return Optional.empty();
        }
        var request =
                new BatchNormRequest(shape.dim(0), (int) shape.dim(1), (int) shape.size(2, shape.rank()), op.epsilon());
        var operands = new ArrayList<>(node.inputs().subList(0, 5));
        operands.add(node.output(0));
        return picker.pick(
                NormalizationKernels.batches(picker.isa(), VectorProvider.best()), request, operands, OVER_INPUT, 0);
    }

    Optional<KernelChoice> instance(Node node, InstanceNormalization op) {
        var shape = Chains.shape(node.input(0));
        return isFloat(node)
                ? groups(
                        node,
                        new GroupNormRequest(
                                (int) shape.dim(0),
                                (int) shape.dim(1),
                                1,
                                (int) shape.size(2, shape.rank()),
                                op.epsilon(),
                                false))
                : Optional.empty();
    }

    Optional<KernelChoice> group(Node node, GroupNormalization op) {
        var shape = Chains.shape(node.input(0));
        if (!isFloat(node) || shape.dim(1) % op.groups() != 0) {
            return Optional.empty();
        }
        int groups = (int) op.groups();
        return groups(
                node,
                new GroupNormRequest(
                        (int) shape.dim(0),
                        groups,
                        (int) shape.dim(1) / groups,
                        (int) shape.size(2, shape.rank()),
                        op.epsilon(),
                        op.perGroup()));
    }

    private Optional<KernelChoice> groups(Node node, GroupNormRequest request) {
        var operands = List.of(node.input(0), node.input(1), node.input(2), node.output(0));
        return picker.pick(
                NormalizationKernels.groups(picker.isa(), VectorProvider.best()), request, operands, OVER_INPUT, 0);
    }

    Optional<KernelChoice> localResponse(Node node, Lrn op) {
        var shape = Chains.shape(node.input(0));
        if (!isFloat(node) || shape.rank() < 2 || op.size() > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        var request = new LocalResponseRequest(
                shape.dim(0),
                (int) shape.dim(1),
                (int) shape.size(2, shape.rank()),
                (int) op.size(),
                op.alpha(),
                op.beta(),
                op.bias());
        return picker.pick(
                NormalizationKernels.localResponses(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }
}
