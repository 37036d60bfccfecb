package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.ir.window.GlobalMaxPool;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.Resize;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.rewrite.TurnImages;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;

/// Which operators have kernels for channels-last images: convolutions in machine code, and what lies between
/// them.
///
/// @param isa the highest level that kernels may use
/// @param precision how close results must stay to what the model says
record ImageLayouts(Isa isa, Precision precision) implements TurnImages.Acceptance {
    /// Batch, channels, and one to three dimensions for convolutions, one or two for pools.
    private static final int LEAST_RANK = 3;

    private static final int MOST_CONV_RANK = 5;
    private static final int MOST_POOL_RANK = 4;

    @Override
    public boolean wantsChannelsLast(Node node, Graph graph) {
        if (node.op() instanceof ConvInteger op) {
            return isa != Isa.PORTABLE && convInteger(node, op, graph);
        }
        if (isa == Isa.PORTABLE
                || node.outputs().size() != 1
                || !Chains.isFloat(node.output(0))
                || !Chains.isFloat(node.input(0))
                || Chains.shape(node.input(0)).rank() < LEAST_RANK
                || Chains.shape(node.output(0)).size() == 0
                || Chains.shape(node.input(0)).size() == 0) {
            return false;
        }
        int rank = Chains.shape(node.input(0)).rank();
        return switch (node.op()) {
            case Conv op -> rank <= MOST_CONV_RANK && conv(node, op, graph);
            case ConvTranspose op -> rank <= MOST_CONV_RANK && convTranspose(node, op, graph);
            case MaxPool _, AveragePool _ -> rank <= MOST_POOL_RANK;
            case GlobalAveragePool _, GlobalMaxPool _ -> true;
            case Resize op ->
                rank <= MOST_POOL_RANK
                        && ResizeLowering.tables(node, op, Chains.shape(node.input(0)), graph)
                                .filter(tables -> tables.get(0)
                                                .isIdentity(Chains.shape(node.input(0))
                                                        .dim(0))
                                        && tables.get(1)
                                                .isIdentity(Chains.shape(node.input(0))
                                                        .dim(1)))
                                .isPresent();
            default -> false;
        };
    }

    private boolean convInteger(Node node, ConvInteger op, Graph graph) {
        var image = Chains.shape(node.input(0));
        return image.rank() >= LEAST_RANK
                && image.rank() <= MOST_CONV_RANK
                && image.size() > 0
                && IntegerLowering.accepts(op, image, node.inputs(), graph, isa);
    }

    private static boolean hasFloats(Node node) {
        return node.inputs().stream().allMatch(value -> !value.isPresent() || Chains.isFloat(value));
    }

    private boolean convTranspose(Node node, ConvTranspose op, Graph graph) {
        if (!hasFloats(node)) {
            return false;
        }
        var request = WindowLowering.transposedRequest(
                op,
                Chains.shape(node.input(0)),
                Chains.shape(node.input(1)),
                graph.constant(node.input(1)).map(Tensor::memory),
                Epilogue.NONE);
        return ConvKernels.channelsLastTransposed(isa, precision).stream().anyMatch(kernel -> kernel.supports(request));
    }

    private boolean conv(Node node, Conv op, Graph graph) {
        if (!hasFloats(node)) {
            return false;
        }
        return WindowLowering.channelsLastRequest(
                        op,
                        Chains.shape(node.input(0)),
                        Chains.shape(node.input(1)),
                        graph.constant(node.input(1)).map(Tensor::memory),
                        Epilogue.NONE)
                .filter(request ->
                        ConvKernels.channelsLast(isa, precision).stream().anyMatch(kernel -> kernel.supports(request)))
                .isPresent();
    }

    /// The shape of a channels-last image as ONNX has it.
    static Shape channelsFirst(Shape last) {
        var dims = new ArrayList<Long>();
        for (int axis : ChannelsLast.toFirst(last.rank()).order(last.rank())) {
            dims.add(last.dim(axis));
        }
        return Shape.of(dims);
    }
}
