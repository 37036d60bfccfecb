package dev.balsa.kernel.pool;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.depthfirst.KernelLayer;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.RowRange;
import dev.balsa.kernel.depthfirst.RowWindow;
import java.util.List;
import java.util.Optional;

/// Pooling of channels-last images of two dimensions, by rows.
final class PoolLayer extends KernelLayer<PoolRequest> {
    /// Height, width and channels.
    private static final int RANK = 3;

    private final RowWindow height;

    private PoolLayer(Kernel<PoolRequest> kernel, PoolRequest request, Constants constants) {
        super(kernel, request, constants);
        height = height(request);
    }

    /// A kernel's request by rows; nothing if it has other dimensions, if rows see nothing but padding, or if padding
    /// counts, of which a range of rows may have less.
    static Optional<Layer> of(Kernel<PoolRequest> kernel, PoolRequest request, Constants constants) {
        if (request.window().rank() != RANK || request.countPadding()) {
            return Optional.empty();
        }
        return height(request).isSeen() ? Optional.of(new PoolLayer(kernel, request, constants)) : Optional.empty();
    }

    private static RowWindow height(PoolRequest request) {
        var axis = PoolAxis.of(request, 0);
        return new RowWindow(axis.input(), axis.output(), axis.kernel(), axis.stride(), axis.dilation(), axis.pad());
    }

    @Override
    public int images() {
        return Math.toIntExact(request.planes());
    }

    @Override
    public int inputRows() {
        return height.input();
    }

    @Override
    public long inputRowBytes() {
        return rowBytes(request.window().input(), request.inputStorage());
    }

    @Override
    public long inputRowStep() {
        return request.window().input().get(1)
                * request.inputStep()
                * request.inputStorage().bytes();
    }

    @Override
    public int outputRows() {
        return height.output();
    }

    @Override
    public long outputRowBytes() {
        return rowBytes(request.window().output(), request.outputStorage());
    }

    private static long rowBytes(List<Integer> sizes, Storage storage) {
        return (long) sizes.get(1) * sizes.get(2) * storage.bytes();
    }

    @Override
    public long outputRowStep() {
        return request.window().output().get(1)
                * request.outputStep()
                * request.outputStorage().bytes();
    }

    @Override
    public RowRange sees(RowRange rows) {
        return height.sees(rows);
    }

    @Override
    public Extent extent(int operand) {
        throw new IndexOutOfBoundsException("pooling: expected no operand but the input, found " + operand);
    }

    @Override
    protected PoolRequest of(RowRange rows) {
        return request.rows(request.window().rows(sees(rows).count(), height.pad(rows), rows.count()));
    }

    /// Every element of a window is read from the first-level cache.
    @Override
    public Cost cost(Machine machine) {
        double windows = (double) request.planes() * request.window().outputSize();
        double bytes = (double) request.planes()
                * (request.window().inputSize() + request.window().outputSize())
                * Float.BYTES;
        return new Cost(windows * request.window().kernelSize(), bytes, 0, 1);
    }
}
