package dev.balsa.kernel.movement;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;

/// Padding in machine code: rows of the last dimension that is padded, whose middles are copied in one call for as
/// many rows as there are in a row.
public final class PadCodeKernel implements Kernel<PadRequest> {
    /// Where each row comes from is listed beforehand.
    private static final long MOST_ROWS = 1 << 20;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public PadCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_pad_any", unit.isa());
    }

    @Override
    public boolean supports(PadRequest request) {
        boolean isEmpty = request.shape().stream().anyMatch(size -> size == 0);
        return (PadPlaces.hasValue(request.mode()) || !isEmpty)
                && PadRows.of(request).count() <= MOST_ROWS;
    }

    @Override
    public Work prepare(PadRequest request, Constants constants) {
        return new PadCodeWork(request, PadRows.of(request), unit, constants);
    }
}
