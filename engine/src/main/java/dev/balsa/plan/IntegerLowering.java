package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.kernel.conv.IntegerConvRequest;
import dev.balsa.kernel.gemm.GemmKernels;
import dev.balsa.kernel.gemm.IntegerGemmRequest;
import dev.balsa.kernel.tile.PairFactor;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds kernels in machine code for products and convolutions of 8-bit integers with constant weights, and the
/// chain behind them ([IntegerChain]).
record IntegerLowering(Graph graph, KernelPicker picker) {
    private static final int IMAGE_ZERO = 2;
    private static final int WEIGHT_ZERO = 3;

    /// Whether there is a kernel that a chain can follow.
    static boolean accepts(Op op, List<Value> inputs, Graph graph, Isa isa) {
        return switch (op) {
            case MatMulInteger _ ->
                product(inputs, graph, SumResult.SUMS, Epilogue.NONE)
                        .filter(request ->
                                GemmKernels.integers(isa).stream().anyMatch(kernel -> kernel.supports(request)))
                        .isPresent();
            case ChannelsLast(ConvInteger conv) ->
                accepts(conv, ImageLayouts.channelsFirst(Chains.shape(inputs.getFirst())), inputs, graph, isa);
            default -> false;
        };
    }

    /// Whether there is a kernel for a convolution once its image is turned.
    ///
    /// @param image the shape as ONNX has it
    static boolean accepts(ConvInteger op, Shape image, List<Value> inputs, Graph graph, Isa isa) {
        return convolution(op, image, inputs, graph, SumResult.SUMS, Epilogue.NONE)
                .filter(request -> ConvKernels.integers(isa).stream().anyMatch(kernel -> kernel.supports(request)))
                .isPresent();
    }

    Optional<KernelChoice> matMul(Node node) {
        var inputs = Epilogues.coreInputs(node);
        var epilogues = new Epilogues(graph, operands(inputs));
        var result = IntegerChain.result(node, graph, epilogues);
        return product(inputs, graph, result, epilogues.epilogue())
                .flatMap(request -> picker.pick(
                        GemmKernels.integers(picker.isa()),
                        request,
                        epilogues.operands(node.output(0)),
                        2L * request.rows() * request.depth() * request.right().columns()));
    }

    Optional<KernelChoice> channelsLast(Node node, ConvInteger op) {
        var inputs = Epilogues.coreInputs(node);
        var epilogues = new Epilogues(graph, operands(inputs));
        var result = IntegerChain.result(node, graph, epilogues);
        var weights = Chains.shape(inputs.get(1));
        long flops = 2 * Chains.shape(node.output(0)).size() * weights.size(1, weights.rank());
        return convolution(
                        op,
                        ImageLayouts.channelsFirst(Chains.shape(inputs.getFirst())),
                        inputs,
                        graph,
                        result,
                        epilogues.epilogue())
                .flatMap(request -> picker.pick(
                        ConvKernels.integers(picker.isa()), request, epilogues.operands(node.output(0)), flops));
    }

    /// The operands before those of the chain.
    private static List<Value> operands(List<Value> inputs) {
        var operands = new ArrayList<>(inputs.subList(0, 2));
        if (hasZeroPoint(inputs)) {
            operands.add(inputs.get(IMAGE_ZERO));
        }
        return operands;
    }

    private static boolean hasZeroPoint(List<Value> inputs) {
        return inputs.size() > IMAGE_ZERO && inputs.get(IMAGE_ZERO).isPresent();
    }

    private static boolean isSigned(Value value) {
        return value.type().dtype() == DataType.INT8;
    }

    private static boolean hasWeightZero(List<Value> inputs) {
        return inputs.size() > WEIGHT_ZERO && inputs.get(WEIGHT_ZERO).isPresent();
    }

    /// The zero points of weights, if there are any and they are constant.
    private static Optional<MemorySegment> weightZeros(List<Value> inputs, Graph graph) {
        return hasWeightZero(inputs) ? graph.constant(inputs.get(WEIGHT_ZERO)).map(Tensor::memory) : Optional.empty();
    }

    /// Whether kernels take the zero points of weights: none, or a constant for all or for each of `count` columns.
    private static boolean weightZerosFit(List<Value> inputs, long count, Graph graph) {
        return !hasWeightZero(inputs)
                || graph.constant(inputs.get(WEIGHT_ZERO))
                        .filter(zeros -> zeros.size() == 1 || zeros.shape().rank() == 1 && zeros.size() == count)
                        .isPresent();
    }

    private static boolean hasOneZeroPoint(List<Value> inputs) {
        return !hasZeroPoint(inputs)
                || inputs.get(IMAGE_ZERO).type().shape().isKnown()
                        && Chains.shape(inputs.get(IMAGE_ZERO)).size() == 1;
    }

    private static Optional<IntegerGemmRequest> product(
            List<Value> inputs, Graph graph, SumResult result, Epilogue epilogue) {
        var left = inputs.get(0).type().shape().known();
        var right = graph.constant(inputs.get(1)).filter(b -> b.shape().rank() == 2);
        if (left.isEmpty() || left.get().rank() < 2 || right.isEmpty() || !hasOneZeroPoint(inputs)) {
            return Optional.empty();
        }
        long rows = left.get().size(0, left.get().rank() - 1);
        long columns = right.get().shape().dim(1);
        long depth = right.get().shape().dim(0);
        if (rows > Integer.MAX_VALUE
                || columns > Integer.MAX_VALUE
                || depth > Integer.MAX_VALUE
                || !weightZerosFit(inputs, columns, graph)) {
            return Optional.empty();
        }
        return Optional.of(new IntegerGemmRequest(
                (int) rows,
                (int) depth,
                isSigned(inputs.get(0)),
                hasZeroPoint(inputs),
                new PairFactor(
                        right.get().memory(),
                        List.of(0L),
                        (int) depth,
                        columns,
                        1,
                        (int) columns,
                        isSigned(inputs.get(1)),
                        weightZeros(inputs, graph)),
                result,
                epilogue));
    }

    private static Optional<IntegerConvRequest> convolution(
            ConvInteger op, Shape image, List<Value> inputs, Graph graph, SumResult result, Epilogue epilogue) {
        var weights = graph.constant(inputs.get(1)).map(Tensor::memory);
        if (weights.isEmpty() || !hasOneZeroPoint(inputs)) {
            return Optional.empty();
        }
        var shape = Chains.shape(inputs.get(1));
        boolean isSmall = Stream.of(image, shape)
                .flatMap(dims -> dims.toList().stream())
                .allMatch(dim -> dim <= Integer.MAX_VALUE);
        if (!isSmall || !weightZerosFit(inputs, shape.dim(0), graph)) {
            return Optional.empty();
        }
        return Optional.of(new IntegerConvRequest(
                (int) image.dim(0),
                (int) op.group(),
                (int) image.dim(1),
                (int) shape.dim(0),
                WindowLowering.window(op.conv().geometry(image, shape)),
                isSigned(inputs.get(0)),
                hasZeroPoint(inputs),
                new IntegerConvRequest.Weights(weights.get(), isSigned(inputs.get(1)), weightZeros(inputs, graph)),
                result,
                epilogue));
    }
}
