package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.TileProduct;

/// Convolutions of channels-last images in machine code, as products of pixels with packed weights.
public final class TileConvKernel implements Kernel<ChannelsLastConvRequest> {
    /// Every group is a product of its own; with more of them each is too small for that.
    private static final int MOST_GROUPS = 64;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public TileConvKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_conv_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return !request.isEmpty()
                && request.groups() <= MOST_GROUPS
                && request.isOrdinary()
                && TileProduct.supports(
                        unit,
                        request.outputs() / request.groups(),
                        (long) request.channels()
                                / request.groups()
                                * request.window().kernelSize(),
                        request.epilogue().stages());
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new TileConvWork(request, unit, constants);
    }
}
