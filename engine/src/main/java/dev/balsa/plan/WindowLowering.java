package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.ir.window.GlobalMaxPool;
import dev.balsa.ir.window.GlobalPool;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.WindowAxis;
import dev.balsa.ir.window.WindowGeometry;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.conv.ChannelsLastConvRequest;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.kernel.conv.ConvRequest;
import dev.balsa.kernel.conv.ConvTransposeRequest;
import dev.balsa.kernel.conv.Window;
import dev.balsa.kernel.pool.PoolFunction;
import dev.balsa.kernel.pool.PoolKernels;
import dev.balsa.kernel.pool.PoolRequest;
import dev.balsa.kernel.reduce.ReduceFunction;
import dev.balsa.kernel.reduce.ReduceKernels;
import dev.balsa.kernel.reduce.ReduceRequest;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/// Finds kernels for windowed operators on float32: convolutions, with or without a chain, and pools.
record WindowLowering(Graph graph, KernelPicker picker) {
    /// The kernels know one to three spatial dimensions.
    private static final int MOST_SPATIAL = 3;

    Optional<KernelChoice> conv(Node node, Conv op) {
        if (!fits(node)) {
            return Optional.empty();
        }
        var image = Chains.shape(node.input(0));
        var weights = Chains.shape(node.input(1));
        var geometry = op.geometry(image, weights);
        var epilogues = epilogues(node, Spread.ROW);
        var request = new ConvRequest(
                (int) image.dim(0),
                (int) op.group(),
                (int) image.dim(1),
                (int) weights.dim(0),
                window(geometry, WindowAxis::input, WindowAxis::output),
                constant(node.input(1)),
                epilogues.epilogue());
        long flops = 2 * Chains.shape(node.output(0)).size() * weights.size(1, weights.rank());
        return picker.pick(ConvKernels.floats(), request, epilogues.operands(node.output(0)), flops);
    }

    Optional<KernelChoice> channelsLast(Node node, ChannelsLast op) {
        return switch (op.core()) {
            case Conv conv -> channelsLastConv(node, conv);
            case ConvTranspose conv -> channelsLastConvTranspose(node, conv);
            case MaxPool pool -> channelsLastPool(node, pool.geometry(turned(node)), PoolFunction.MAX, false);
            case AveragePool pool ->
                channelsLastPool(node, pool.geometry(turned(node)), PoolFunction.AVERAGE, pool.countPadding());
            case GlobalAveragePool _ -> channelsLastWhole(node, PoolFunction.AVERAGE);
            case GlobalMaxPool _ -> channelsLastWhole(node, PoolFunction.MAX);
            default -> Optional.empty();
        };
    }

    /// The shape of a channels-last image as ONNX has it.
    private static Shape turned(Node node) {
        return ImageLayouts.channelsFirst(Chains.shape(node.input(0)));
    }

    private Optional<KernelChoice> channelsLastConv(Node node, Conv op) {
        var weights = Chains.shape(node.input(1));
        var epilogues = epilogues(node, Spread.COLUMN);
        var request = channelsLastRequest(op, turned(node), weights, constant(node.input(1)), epilogues.epilogue());
        long flops = 2 * Chains.shape(node.output(0)).size() * weights.size(1, weights.rank());
        var kernels = ConvKernels.channelsLast(picker.isa(), picker.precision());
        // A residual's lines are in the cache when the result is written.
        return request.flatMap(
                conv -> picker.pick(kernels, conv, epilogues.operands(node.output(0)), epilogues.residual(), flops));
    }

    /// The request for a convolution of channels-last images; nothing if its weights are not constant.
    ///
    /// @param image the shape as ONNX has it
    static Optional<ChannelsLastConvRequest> channelsLastRequest(
            Conv op, Shape image, Shape weights, Optional<MemorySegment> constant, Epilogue epilogue) {
        return constant.map(memory -> new ChannelsLastConvRequest(
                (int) image.dim(0),
                (int) op.group(),
                (int) image.dim(1),
                (int) weights.dim(0),
                window(op.geometry(image, weights), WindowAxis::input, WindowAxis::output),
                memory,
                epilogue));
    }

    /// Channels are one more dimension, in which the window has one element.
    private Optional<KernelChoice> channelsLastPool(
            Node node, WindowGeometry geometry, PoolFunction function, boolean countPadding) {
        var image = turned(node);
        int channels = (int) image.dim(1);
        var plain = window(geometry, WindowAxis::input, WindowAxis::output);
        var window = new Window(
                with(plain.input(), channels),
                with(plain.kernel(), 1),
                with(plain.strides(), 1),
                with(plain.dilations(), 1),
                with(plain.pads(), 0),
                with(plain.output(), channels));
        var request = new PoolRequest(
                function, image.dim(0), window, with(each(geometry, WindowAxis::padEnd), 0), countPadding);
        return picker.pick(
                PoolKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }

    /// A window as large as the image.
    private Optional<KernelChoice> channelsLastWhole(Node node, PoolFunction function) {
        var image = turned(node);
        int height = Math.toIntExact(image.size(2, image.rank() - 1));
        int width = (int) image.dim(-1);
        int channels = (int) image.dim(1);
        var size = List.of(height, width, channels);
        var whole = List.of(height, width, 1);
        var ones = List.of(1, 1, 1);
        var none = List.of(0, 0, 0);
        var window = new Window(size, whole, ones, ones, none, List.of(1, 1, channels));
        var request = new PoolRequest(function, image.dim(0), window, none, false);
        return picker.pick(
                PoolKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }

    private static List<Integer> with(List<Integer> sizes, int last) {
        var all = new ArrayList<>(sizes);
        all.add(last);
        return all;
    }

    Optional<KernelChoice> convTranspose(Node node, ConvTranspose op) {
        if (!fits(node)) {
            return Optional.empty();
        }
        var image = Chains.shape(node.input(0));
        var weights = Chains.shape(node.input(1));
        var epilogues = epilogues(node, Spread.ROW);
        var request = transposedRequest(op, image, weights, constant(node.input(1)), epilogues.epilogue());
        long flops = 2 * image.size() * weights.size(1, weights.rank());
        return picker.pick(ConvKernels.transposedFloats(), request, epilogues.operands(node.output(0)), flops);
    }

    private Optional<KernelChoice> channelsLastConvTranspose(Node node, ConvTranspose op) {
        var image = turned(node);
        var weights = Chains.shape(node.input(1));
        var epilogues = epilogues(node, Spread.COLUMN);
        var request = transposedRequest(op, image, weights, constant(node.input(1)), epilogues.epilogue());
        long flops = 2 * image.size() * weights.size(1, weights.rank());
        return picker.pick(
                ConvKernels.channelsLastTransposed(picker.isa(), picker.precision()),
                request,
                epilogues.operands(node.output(0)),
                flops);
    }

    /// The request for a transposed convolution.
    ///
    /// @param image the shape as ONNX has it
    static ConvTransposeRequest transposedRequest(
            ConvTranspose op, Shape image, Shape weights, Optional<MemorySegment> constant, Epilogue epilogue) {
        return new ConvTransposeRequest(
                (int) image.dim(0),
                (int) op.group(),
                (int) image.dim(1),
                (int) (weights.dim(1) * op.group()),
                // The geometry is that of the convolution whose transpose this is: the other way round.
                window(op.geometry(image, weights), WindowAxis::output, WindowAxis::input),
                constant,
                epilogue);
    }

    private boolean fits(Node node) {
        var inputs = Epilogues.coreInputs(node);
        boolean floats = inputs.stream().allMatch(value -> !value.isPresent() || Chains.isFloat(value));
        if (!floats || !Chains.isFloat(node.output(0))) {
            return false;
        }
        int spatial = Chains.shape(node.input(0)).rank() - 2;
        return spatial >= 1
                && spatial <= MOST_SPATIAL
                && small(node.input(0))
                && small(node.input(1))
                && small(node.output(0));
    }

    private static boolean small(Value value) {
        return Chains.shape(value).toList().stream().allMatch(dim -> dim <= Integer.MAX_VALUE);
    }

    private Epilogues epilogues(Node node, Spread bias) {
        var inputs = Epilogues.coreInputs(node);
        return new Epilogues(graph, inputs.subList(0, 2))
                .bias(inputs.size() > 2 ? inputs.get(2) : Value.NONE, bias)
                .chain(node);
    }

    private Optional<MemorySegment> constant(Value value) {
        return graph.constant(value).map(Tensor::memory);
    }

    /// The geometry of a convolution.
    static Window window(WindowGeometry geometry) {
        return window(geometry, WindowAxis::input, WindowAxis::output);
    }

    private static Window window(
            WindowGeometry geometry, ToLongFunction<WindowAxis> input, ToLongFunction<WindowAxis> output) {
        return new Window(
                each(geometry, input),
                each(geometry, WindowAxis::kernel),
                each(geometry, WindowAxis::stride),
                each(geometry, WindowAxis::dilation),
                each(geometry, WindowAxis::padBegin),
                each(geometry, output));
    }

    private static List<Integer> each(WindowGeometry geometry, ToLongFunction<WindowAxis> number) {
        return geometry.axes().stream()
                .map(axis -> Math.toIntExact(number.applyAsLong(axis)))
                .toList();
    }

    Optional<KernelChoice> maxPool(Node node, MaxPool op) {
        boolean indices = node.output(1).isPresent();
        return indices
                ? Optional.empty()
                : pool(node, op.geometry(Chains.shape(node.input(0))), PoolFunction.MAX, false);
    }

    Optional<KernelChoice> averagePool(Node node, AveragePool op) {
        return pool(node, op.geometry(Chains.shape(node.input(0))), PoolFunction.AVERAGE, op.countPadding());
    }

    private Optional<KernelChoice> pool(
            Node node, WindowGeometry geometry, PoolFunction function, boolean countPadding) {
        if (!Chains.isFloat(node.input(0)) || geometry.rank() < 1 || geometry.rank() > MOST_SPATIAL) {
            return Optional.empty();
        }
        var image = Chains.shape(node.input(0));
        var request = new PoolRequest(
                function,
                image.size(0, 2),
                window(geometry, WindowAxis::input, WindowAxis::output),
                each(geometry, WindowAxis::padEnd),
                countPadding);
        return picker.pick(
                PoolKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }

    Optional<KernelChoice> globalPool(Node node, GlobalPool op) {
        var function = switch (op) {
            case GlobalAveragePool _ -> Optional.of(ReduceFunction.MEAN);
            case GlobalMaxPool _ -> Optional.of(ReduceFunction.MAX);
            default -> Optional.<ReduceFunction>empty();
        };
        if (function.isEmpty() || !Chains.isFloat(node.input(0))) {
            return Optional.empty();
        }
        var image = Chains.shape(node.input(0));
        var axes = IntStream.range(2, image.rank()).boxed().toList();
        var request = new ReduceRequest(function.get(), image.toList(), axes);
        return picker.pick(
                ReduceKernels.of(picker.isa(), VectorProvider.best()),
                request,
                List.of(node.input(0), node.output(0)),
                0);
    }
}
