package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.tile.ProductFamily;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Convolutions of channels-last images in machine code, as products of pixels with packed weights, of any family.
public final class TileConvKernel implements Kernel<ChannelsLastConvRequest> {
    /// Every group is a product of its own; with more of them each is too small for that.
    private static final int MOST_GROUPS = 64;

    private final ProductFamily family;

    /// The kernel with products of a family.
    public TileConvKernel(ProductFamily family) {
        this.family = family;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(family.isa().label() + "_conv_" + family.type() + "_nhwc", family.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return !request.isEmpty()
                && request.groups() <= MOST_GROUPS
                && request.isOrdinary()
                && request.isStoredAs(family::takes)
                && (family.takesFactors() || !request.isScaled())
                && family.supports(
                        TileConvWork.size(request), request.epilogue().stages());
    }

    @Override
    public Cost cost(ChannelsLastConvRequest request, Machine machine) {
        return TileConvWork.cost(request, family);
    }

    @Override
    public Optional<Layer> layer(ChannelsLastConvRequest request, Constants constants) {
        return ConvLayer.of(this, request, constants);
    }

    @Override
    public Set<Set<Integer>> takes(ChannelsLastConvRequest request, Storage storage) {
        return family.takes(storage) ? request.storable(storage) : Set.of();
    }

    @Override
    public Set<Integer> wants(ChannelsLastConvRequest request, Storage storage) {
        return Set.of(0);
    }

    @Override
    public ChannelsLastConvRequest stored(ChannelsLastConvRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    @Override
    public Optional<ChannelsLastConvRequest> scaled(ChannelsLastConvRequest request) {
        return family.takesFactors() ? request.scaled() : Optional.empty();
    }

    @Override
    public Set<Integer> takesApart(ChannelsLastConvRequest request, long step) {
        return TileConvWork.takesApart(request, family);
    }

    @Override
    public ChannelsLastConvRequest apart(ChannelsLastConvRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new TileConvWork(request, family, constants);
    }
}
