package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.depthfirst.KernelLayer;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.RowRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A chain of functions over images of rows: of four dimensions, of which the first two are images and rows.
final class ElementwiseLayer extends KernelLayer<ElementwiseRequest> {
    private static final int RANK = 4;

    private ElementwiseLayer(Kernel<ElementwiseRequest> kernel, ElementwiseRequest request, Constants constants) {
        super(kernel, request, constants);
    }

    /// A kernel's request by rows; nothing if it has other dimensions, if the chain does not start with a whole image,
    /// or if an operand is neither one, nor the same for all rows of an image, nor for all images.
    static Optional<Layer> of(Kernel<ElementwiseRequest> kernel, ElementwiseRequest request, Constants constants) {
        boolean isImage = request.shape().size() == RANK
                && request.isDense()
                && request.shape().stream().allMatch(size -> size > 0 && size <= Integer.MAX_VALUE)
                && extent(request.shape(), request.strides().getFirst()).equals(Optional.of(Extent.BY_ROW))
                && request.strides().stream()
                        .allMatch(strides -> extent(request.shape(), strides).isPresent());
        return isImage ? Optional.of(new ElementwiseLayer(kernel, request, constants)) : Optional.empty();
    }

    private static List<Long> dense(List<Long> shape) {
        return List.of(shape.get(1) * shape.get(2) * shape.get(3), shape.get(2) * shape.get(3), shape.get(3), 1L);
    }

    /// Steps along a dimension of one element say nothing.
    private static Optional<Extent> extent(List<Long> shape, List<Long> strides) {
        var dense = dense(shape);
        boolean isDense = true;
        for (int i = 0; i < RANK; i++) {
            isDense &= shape.get(i) == 1 || strides.get(i).equals(dense.get(i));
        }
        if (isDense) {
            return Optional.of(Extent.BY_ROW);
        }
        boolean isSameForRows = strides.get(1) == 0;
        boolean isSameForImages = strides.get(0) == 0 || shape.get(0) == 1;
        return isSameForRows ? Optional.of(isSameForImages ? Extent.ONE : Extent.BY_IMAGE) : Optional.empty();
    }

    @Override
    public int images() {
        return request.shape().get(0).intValue();
    }

    @Override
    public int inputRows() {
        return outputRows();
    }

    @Override
    public long inputRowBytes() {
        return rowBytes(0);
    }

    @Override
    public int outputRows() {
        return request.shape().get(1).intValue();
    }

    @Override
    public long outputRowBytes() {
        return rowBytes(request.output());
    }

    @Override
    public long rowBytes(int operand) {
        return request.shape().get(2)
                * request.shape().get(3)
                * request.storages().get(operand).bytes();
    }

    @Override
    public RowRange sees(RowRange rows) {
        return rows;
    }

    @Override
    public Extent extent(int operand) {
        return extent(request.shape(), request.strides().get(operand)).orElseThrow();
    }

    @Override
    protected ElementwiseRequest of(RowRange rows) {
        var shape = new ArrayList<>(request.shape());
        shape.set(0, 1L);
        shape.set(1, (long) rows.count());
        return request.of(shape);
    }

    /// Every operand is read, and the output written, once.
    @Override
    public Cost cost(Machine machine) {
        double elements = (double) images()
                * outputRows()
                * request.shape().get(2)
                * request.shape().get(3);
        return new Cost(elements * request.stages().size(), 2 * elements * Float.BYTES, 0, 1);
    }
}
