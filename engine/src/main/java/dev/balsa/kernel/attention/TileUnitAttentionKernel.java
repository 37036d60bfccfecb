package dev.balsa.kernel.attention;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.code.VectorUnit;

/// Attention by products on the tile unit, of what [AttentionKernel] supports with some more rows.
///
/// Ranges of keys are left to vectors: products with whole steps of 32 keys would see others beside the range,
/// and a value among them that is no number would count although its weight is 0.
final class TileUnitAttentionKernel implements Kernel<AttentionRequest> {
    /// Rows of a group, of which a block has 32. Fewer are read faster than packed.
    private static final int LEAST_ROWS = 12;

    private final AmxFamily family;
    private final VectorUnit unit;
    private final AttentionKernel vectors;

    /// @param unit makes weights
    TileUnitAttentionKernel(AmxFamily family, VectorUnit unit) {
        this.family = family;
        this.unit = unit;
        vectors = new AttentionKernel(unit);
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(family.isa().label() + "_attention_" + family.type(), family.isa());
    }

    @Override
    public boolean supports(AttentionRequest request) {
        return vectors.supports(request)
                && TileUnitProducts.fits(request)
                && (long) request.group() * request.queries() >= LEAST_ROWS
                && request.mask().filter(mask -> mask.kind() == MaskKind.WITHIN).isEmpty();
    }

    @Override
    public Work prepare(AttentionRequest request, Constants constants) {
        var products = new TileUnitProducts(request, family, unit, constants);
        return new AttentionWork(request, products, unit, constants);
    }
}
