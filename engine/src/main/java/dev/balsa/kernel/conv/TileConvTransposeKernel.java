package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowPlaces;
import java.util.Map;
import java.util.Set;

/// Transposed convolutions of channels-last images in machine code, as products of pixels with packed weights, one
/// for each phase of the stride. Operands are those of [ConvTransposeRequest], but the image is `[batch, input...,
/// channels]`, the output `[batch, output..., outputs]`, and for the epilogue the result is a matrix of one row of
/// `outputs` columns per pixel.
public final class TileConvTransposeKernel implements Kernel<ConvTransposeRequest> {
    /// Every group and phase is a product of its own; with more of them each is too small for that.
    private static final int MOST_PRODUCTS = 64;

    private static final double MOST_PADDING = 4;
    private static final double FEW_ELEMENTS = 1 << 16;

    private final ProductFamily family;

    /// The kernel with products of a family.
    public TileConvTransposeKernel(ProductFamily family) {
        this.family = family;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(family.isa().label() + "_convtranspose_" + family.type() + "_nhwc", family.isa());
    }

    @Override
    public boolean supports(ConvTransposeRequest request) {
        if (request.weights().isEmpty()
                || request.batch() == 0
                || request.channels() == 0
                || request.outputs() == 0
                || !request.isStoredAs(storage -> storage != Storage.PARTS && family.takes(storage))
                || request.window().inputSize() == 0
                || request.window().outputSize() == 0
                || StridePhases.count(request.window()) * request.groups() > MOST_PRODUCTS) {
            return false;
        }
        var phases = StridePhases.of(request.window());
        double input = (double) request.batch() * request.window().inputSize() * request.channels();
        double output = (double) request.batch() * request.window().outputSize() * request.outputs();
        double padded = PaddedImage.size(phases.image()) * request.batch() * request.channels();
        return phases.allHaveTaps()
                && padded <= MOST_PADDING * Math.max(input, output) + FEW_ELEMENTS
                && PaddedImage.size(phases.image()) <= Integer.MAX_VALUE
                && RowPlaces.fits(padded)
                && RowPlaces.fits(output)
                && family.supports(size(request), request.epilogue().stages());
    }

    /// The sizes of the phases' products, on the average.
    private static ProductFamily.Size size(ConvTransposeRequest request) {
        double phases = StridePhases.count(request.window());
        return new ProductFamily.Size(
                request.batch() * request.window().outputSize() / phases,
                request.outputs() / request.groups(),
                Math.ceilDiv(request.window().kernelSize(), (long) phases),
                request.channels() / request.groups());
    }

    @Override
    public Set<Integer> takesApart(ConvTransposeRequest request, long step) {
        return request.epilogue().hasFull() ? Set.of() : Set.of(request.output());
    }

    @Override
    public ConvTransposeRequest apart(ConvTransposeRequest request, Map<Integer, Long> steps) {
        return request.apart(steps.getOrDefault(request.output(), request.resultStep()));
    }

    @Override
    public Set<Set<Integer>> takes(ConvTransposeRequest request, Storage storage) {
        return storage == Storage.BFLOAT16 && family.takes(storage) ? request.storable() : Set.of();
    }

    @Override
    public Set<Integer> wants(ConvTransposeRequest request, Storage storage) {
        return Set.of(0);
    }

    @Override
    public ConvTransposeRequest stored(ConvTransposeRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    @Override
    public Work prepare(ConvTransposeRequest request, Constants constants) {
        return new TileConvTransposeWork(request, family, constants);
    }
}
