package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.amx.SquareProduct;
import dev.balsa.kernel.amx.Workplace;
import dev.balsa.kernel.depthfirst.Layer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// 3x3 convolutions of channels-last images by Winograd's algorithm on the tile unit, with tiles of 2x2 outputs: 4/9 of
/// the products.
///
/// Larger tiles would leave the bound of [dev.balsa.tensor.Precision#FAST]: with numbers of 16 to 17 bits, errors are 6
/// to 9e-6 of the largest output here (random images and kernels of 32 to 512 channels), 1.3 to 2e-5 with tiles of 2x4
/// and 2.5e-5 with 4x4, by the points of [WinogradTransform]. With a single product they are 1.5 times those of the
/// ordinary sum.
public final class TileWinogradKernel implements Kernel<ChannelsLastConvRequest> {
    private final AmxFamily family;

    /// The kernel with products of a family.
    public TileWinogradKernel(AmxFamily family) {
        this.family = family;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(family.isa().label() + "_winograd_" + family.type() + "_nhwc", family.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return WinogradKernel.fits(request)
                && request.image() != Storage.PARTS
                && request.isStoredAs(family::takes)
                && SquareProduct.supports(family, TileWinogradWork.squares(request), request.channels());
    }

    @Override
    public Optional<Layer> layer(ChannelsLastConvRequest request, Constants constants) {
        return ConvLayer.of(this, request, constants);
    }

    /// No image in parts: pixels are added up before they are split.
    @Override
    public Set<Set<Integer>> takes(ChannelsLastConvRequest request, Storage storage) {
        if (!family.takes(storage)) {
            return Set.of();
        }
        var operands = request.storable(storage);
        if (storage == Storage.PARTS) {
            operands.remove(Set.of(0));
        }
        return operands;
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
    public Set<Integer> takesApart(ChannelsLastConvRequest request, long step) {
        return request.epilogue().hasFull() ? Set.of(0) : Set.of(0, request.output());
    }

    @Override
    public ChannelsLastConvRequest apart(ChannelsLastConvRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new TileWinogradWork(request, family, Workplace.here(request.parts()), constants);
    }

    @Override
    public Cost cost(ChannelsLastConvRequest request, Machine machine) {
        return SquareProduct.cost(family, TileWinogradWork.squares(request), request.channels(), request.outputs())
                .plus(new Cost(0, 0, 0, 1));
    }
}
