package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.window.CoordinateMode;
import dev.balsa.ir.window.Resize;
import dev.balsa.ir.window.ResizeTable;
import dev.balsa.kernel.resize.ResizeAxis;
import dev.balsa.kernel.resize.ResizeKernels;
import dev.balsa.kernel.resize.ResizeRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Finds kernels for resizing float32 images along their last one to three dimensions.
record ResizeLowering(Graph graph, KernelPicker picker) {
    private static final int MOST_AXES = 3;

    Optional<KernelChoice> resize(Node node, Resize op) {
        return tables(node, op, Chains.shape(node.input(0)), graph)
                .flatMap(tables -> request(node, Chains.shape(node.input(0)), tables));
    }

    Optional<KernelChoice> channelsLast(Node node, Resize op) {
        var shape = Chains.shape(node.input(0));
        return tables(node, op, ImageLayouts.channelsFirst(shape), graph).flatMap(tables -> {
            var turned = new ArrayList<ResizeTable>();
            for (int axis : ChannelsLast.toLast(shape.rank()).order(shape.rank())) {
                turned.add(tables.get(axis));
            }
            return request(node, shape, turned);
        });
    }

    /// What is made of what, per dimension of the image as ONNX has it.
    static Optional<List<ResizeTable>> tables(Node node, Resize op, Shape image, Graph graph) {
        boolean known = IntStream.range(2, 4)
                .allMatch(i -> !node.input(i).isPresent()
                        || graph.constant(node.input(i)).isPresent());
        if (!Chains.isFloat(node.input(0)) || !known || op.coordinates() == CoordinateMode.TF_CROP_AND_RESIZE) {
            return Optional.empty();
        }
        if (image.size() == 0 || Chains.shape(node.output(0)).size() == 0) {
            return Optional.empty();
        }
        return Optional.of(op.axes(image, Optional.empty(), given(node, 2, graph), given(node, 3, graph)).stream()
                .map(op::table)
                .toList());
    }

    private static Optional<Tensor> given(Node node, int index, Graph graph) {
        return node.input(index).isPresent()
                ? graph.constant(node.input(index)).filter(tensor -> tensor.size() > 0)
                : Optional.empty();
    }

    private Optional<KernelChoice> request(Node node, Shape image, List<ResizeTable> tables) {
        int first = 0;
        while (first < image.rank() - 1 && tables.get(first).isIdentity(image.dim(first))) {
            first++;
        }
        if (image.rank() - first > MOST_AXES) {
            return Optional.empty();
        }
        var axes = new ArrayList<ResizeAxis>();
        for (int axis = first; axis < image.rank(); axis++) {
            axes.add(axis((int) image.dim(axis), tables.get(axis)));
        }
        var request = new ResizeRequest(image.size(0, first), axes);
        return picker.pick(
                ResizeKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }

    private static ResizeAxis axis(int input, ResizeTable table) {
        if (table.isIdentity(input)) {
            // Whatever the others are made of: here one element is enough.
            return new ResizeAxis(
                    input, input, 1, IntStream.range(0, input).boxed().toList(), List.of());
        }
        return new ResizeAxis(
                input,
                table.outputs(),
                table.taps(),
                IntStream.of(table.sources()).boxed().toList(),
                DoubleStream.of(table.weights())
                        .mapToObj(weight -> (float) weight)
                        .toList());
    }
}
