package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;

/// Exact products of 8-bit integers with a constant right factor, in machine code.
public final class IntegerGemmKernel implements Kernel<IntegerGemmRequest> {
    private final IntegerUnit unit;

    /// The kernel for a unit.
    public IntegerGemmKernel(IntegerUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_gemm_x8x8s32", unit.isa());
    }

    @Override
    public boolean supports(IntegerGemmRequest request) {
        return request.rows() > 0
                && request.depth() > 0
                && request.right().columns() > 0
                && SumCode.knows(request.result(), request.epilogue().stages())
                && TileProduct.supports(
                        unit.vectors(),
                        request.right().columns(),
                        request.depth(),
                        request.epilogue().stages())
                && RowPlaces.fits((double) request.rows() * request.depth())
                && RowPlaces.fits((double) request.rows() * request.right().columns());
    }

    @Override
    public Work prepare(IntegerGemmRequest request, Constants constants) {
        return new IntegerGemmWork(request, unit, constants);
    }
}
