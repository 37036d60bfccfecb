package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.depthfirst.KernelLayer;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.RowRange;
import dev.balsa.kernel.depthfirst.RowWindow;
import java.util.Optional;

/// A convolution of channels-last images of two dimensions, by rows.
final class ConvLayer extends KernelLayer<ChannelsLastConvRequest> {
    private static final int RANK = 2;

    private final RowWindow height;

    private ConvLayer(Kernel<ChannelsLastConvRequest> kernel, ChannelsLastConvRequest request, Constants constants) {
        super(kernel, request, constants);
        height = height(request);
    }

    /// A kernel's request by rows; nothing if it has other dimensions, if rows see nothing but padding, or if the
    /// epilogue has an operand with an element per row of pixels.
    static Optional<Layer> of(
            Kernel<ChannelsLastConvRequest> kernel, ChannelsLastConvRequest request, Constants constants) {
        if (request.window().rank() != RANK || request.isEmpty()) {
            return Optional.empty();
        }
        boolean isRegular = request.epilogue().stages().stream()
                .noneMatch(stage ->
                        stage instanceof Stage.Binary(var _, var _, var spread, var _) && spread == Stage.Spread.ROW);
        return height(request).isSeen() && isRegular
                ? Optional.of(new ConvLayer(kernel, request, constants))
                : Optional.empty();
    }

    private static RowWindow height(ChannelsLastConvRequest request) {
        var axis = Axis.of(request.window(), 0);
        return new RowWindow(axis.input(), axis.output(), axis.kernel(), axis.stride(), axis.dilation(), axis.pad());
    }

    @Override
    public int images() {
        return request.batch();
    }

    @Override
    public int inputRows() {
        return height.input();
    }

    @Override
    public long inputRowBytes() {
        return (long) request.window().input().getLast()
                * request.channels()
                * request.image().bytes();
    }

    @Override
    public long inputRowStep() {
        return request.window().input().getLast()
                * request.imageStep()
                * request.image().bytes();
    }

    @Override
    public int outputRows() {
        return height.output();
    }

    @Override
    public long outputRowBytes() {
        return (long) request.window().output().getLast()
                * request.outputs()
                * request.result().bytes();
    }

    @Override
    public long rowBytes(int operand) {
        return request.epilogue()
                .full()
                .filter(stage -> stage.operand() == operand)
                .mapToLong(stage -> outputRowBytes()
                        / request.result().bytes()
                        * stage.storage().bytes())
                .findFirst()
                .orElseGet(() -> super.rowBytes(operand));
    }

    @Override
    public Optional<Layer> withRowMeans() {
        return kernel.withRowMeans(request).map(more -> new ConvLayer(kernel, more, constants));
    }

    @Override
    public long rowMeanBytes() {
        return request.hasRowMeans() ? (long) request.outputs() * Float.BYTES : 0;
    }

    @Override
    public long outputRowStep() {
        return request.window().output().getLast()
                * request.resultStep()
                * request.result().bytes();
    }

    @Override
    public RowRange sees(RowRange rows) {
        return height.sees(rows);
    }

    @Override
    public Extent extent(int operand) {
        if (request.isScaled() && operand == request.factors()) {
            return request.batch() == 1 ? Extent.ONE : Extent.BY_IMAGE;
        }
        boolean isByRow = request.epilogue().stages().stream()
                .anyMatch(stage -> stage instanceof Stage.Binary(var _, int other, var spread, var _)
                        && other == operand
                        && spread == Stage.Spread.FULL);
        return isByRow ? Extent.BY_ROW : Extent.ONE;
    }

    @Override
    protected ChannelsLastConvRequest of(RowRange rows) {
        return new ChannelsLastConvRequest(
                1,
                request.groups(),
                request.channels(),
                request.outputs(),
                request.window().rows(sees(rows).count(), height.pad(rows), rows.count()),
                request.weights(),
                request.epilogue(),
                1,
                request.image(),
                request.result(),
                request.isScaled(),
                request.hasRowMeans(),
                request.imageStep(),
                request.resultStep());
    }

    @Override
    public Cost cost(Machine machine) {
        return kernel.cost(request, machine);
    }

    @Override
    public Cost cost(RowRange rows, Machine machine) {
        return kernel.cost(of(rows), machine);
    }
}
