package dev.balsa.kernel.recurrent;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.tensor.Precision;
import java.util.List;

/// Recurrent layers by products with packed weights and gates in machine code.
public final class RecurrentKernel implements Kernel<RecurrentRequest> {
    /// Rows whose distances in bytes are parts of instructions.
    private static final int MOST_ROWS = 1 << 24;

    private final VectorUnit unit;
    private final Precision precision;

    /// The kernel for a vector unit.
    ///
    /// @param precision of the products, see [TileProduct]
    public RecurrentKernel(VectorUnit unit, Precision precision) {
        this.unit = unit;
        this.precision = precision;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_recurrent_f32", unit.isa());
    }

    @Override
    public boolean supports(RecurrentRequest request) {
        double sequences = (double) request.steps() * request.batch();
        double rows = (double) request.cell().gates() * request.hidden();
        return request.steps() > 0
                && request.batch() > 0
                && request.inputs() > 0
                && request.hidden() > 0
                && rows <= MOST_ROWS
                && sequences <= Integer.MAX_VALUE
                && RowPlaces.fits(sequences * request.inputs())
                && RowPlaces.fits(sequences * (rows + 2 * unit.lanes()))
                && (1 + 2.0 * request.steps()) * request.reversed().size() <= Integer.MAX_VALUE
                && TileProduct.supports(unit, (int) rows, request.inputs(), List.of())
                && TileProduct.supports(unit, (int) rows, request.hidden(), List.of());
    }

    @Override
    public Work prepare(RecurrentRequest request, Constants constants) {
        return new RecurrentWork(request, unit, precision, constants);
    }
}
