package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;

/// Transposed convolutions of channels-last images in machine code, as products of pixels with packed weights, one
/// for each phase of the stride. Operands are those of [ConvTransposeRequest], but the image is `[batch, input...,
/// channels]`, the output `[batch, output..., outputs]`, and for the epilogue the result is a matrix of one row of
/// `outputs` columns per pixel.
public final class TileConvTransposeKernel implements Kernel<ConvTransposeRequest> {
    /// Every group and phase is a product of its own; with more of them each is too small for that.
    private static final int MOST_PRODUCTS = 64;

    private static final double MOST_PADDING = 4;
    private static final double FEW_ELEMENTS = 1 << 16;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public TileConvTransposeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_convtranspose_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(ConvTransposeRequest request) {
        if (request.weights().isEmpty()
                || request.batch() == 0
                || request.channels() == 0
                || request.outputs() == 0
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
                && TileProduct.supports(
                        unit,
                        request.outputs() / request.groups(),
                        (long) request.channels()
                                / request.groups()
                                * request.window().kernelSize(),
                        request.epilogue().stages());
    }

    @Override
    public Work prepare(ConvTransposeRequest request, Constants constants) {
        return new TileConvTransposeWork(request, unit, constants);
    }
}
