package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.gemm.IntegerGemmRequest;
import dev.balsa.kernel.gemm.IntegerGemmWork;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.TileProduct;

/// Exact convolutions of 8-bit channels-last images, as products of pairs or quads, in machine code.
public final class IntegerConvKernel implements Kernel<IntegerConvRequest> {
    private final IntegerUnit unit;

    /// The kernel for a unit.
    public IntegerConvKernel(IntegerUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_conv_x8x8s32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(IntegerConvRequest request) {
        return !request.isEmpty()
                && request.isOrdinary()
                && SumCode.knows(request.result(), request.epilogue().stages())
                && TileProduct.supports(
                        unit.vectors(),
                        request.outputs() / request.groups(),
                        (long) request.channels()
                                / request.groups()
                                * request.window().kernelSize(),
                        request.epilogue().stages());
    }

    @Override
    public Work prepare(IntegerConvRequest request, Constants constants) {
        if (!request.window().isPointwise() || request.groups() > 1) {
            return new IntegerConvWork(request, unit, constants);
        }
        int pixels = Math.toIntExact(request.batch() * request.window().outputSize());
        var product = new IntegerGemmRequest(
                pixels,
                request.channels(),
                request.signed(),
                request.zeroPoint(),
                IntegerConvWork.right(request, 0),
                request.result(),
                request.epilogue());
        return new IntegerGemmWork(product, unit, constants);
    }
}
