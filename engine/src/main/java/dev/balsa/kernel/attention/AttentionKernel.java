package dev.balsa.kernel.attention;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.RowPlaces;

/// Attention by products in tiles and weights in machine code.
///
/// Elements of a query, of a value and of a result are neighbours; of keys, either those of one key or equal ones
/// of all keys are. Sizes of heads are at most [#MOST_SIZE].
public final class AttentionKernel implements Kernel<AttentionRequest> {
    /// Code is written for every vector of a value.
    private static final int MOST_SIZE = 1024;

    private static final int MOST_HEADS = 1 << 20;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public AttentionKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_attention_f32", unit.isa());
    }

    @Override
    public boolean supports(AttentionRequest request) {
        double span = (double) request.heads() * request.queries();
        return request.heads() > 0
                && request.heads() <= MOST_HEADS
                && request.queries() > 0
                && request.keys() > 0
                && request.keys() <= Integer.MAX_VALUE / Long.BYTES
                && request.size() > 0
                && request.size() <= MOST_SIZE
                && request.valueSize() > 0
                && request.valueSize() <= MOST_SIZE
                && Float.isFinite(request.scale())
                && (request.cap() == 0 || Float.isFinite(request.scale() / request.cap()))
                && hasLines(request.q(), request.size())
                && hasLines(request.v(), request.valueSize())
                && hasLines(request.y(), request.valueSize())
                && (hasLines(request.k(), request.size())
                        || request.keys() == 1
                        || request.k().row() == 1)
                && request.mask()
                        .map(AttentionMask::matrices)
                        .map(masks -> hasLines(masks, request.keys()))
                        .orElse(true)
                && span <= Integer.MAX_VALUE
                && RowPlaces.fits(span * VectorProducts.mostBlock(unit))
                && RowPlaces.fits((double) reach(request))
                && request.cache().map(AttentionKernel::hasLines).orElse(true);
    }

    private static boolean hasLines(Matrices matrices, int columns) {
        return columns == 1 || matrices.column() == 1;
    }

    private static boolean hasLines(Cache cache) {
        return cache.keys().column() == 1 && cache.values().column() == 1;
    }

    /// How far a query is from the first of its group at most.
    private static long reach(AttentionRequest request) {
        var offsets = request.q().offsets();
        long least = offsets.stream().mapToLong(Long::longValue).min().orElse(0);
        long most = offsets.stream().mapToLong(Long::longValue).max().orElse(0);
        return most - least + request.queries() * Math.abs(request.q().row());
    }

    @Override
    public Work prepare(AttentionRequest request, Constants constants) {
        return new AttentionWork(request, new VectorProducts(request, unit, constants), unit, constants);
    }
}
