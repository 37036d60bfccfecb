package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.gemm.IntegerGemmRequest;
import dev.balsa.kernel.gemm.IntegerGemmWork;
import dev.balsa.kernel.tile.IntegerFactors;
import dev.balsa.kernel.tile.TileProduct;

/// Exact convolutions of 8-bit channels-last images, as products of pairs or quads, in machine code.
public final class IntegerConvKernel implements Kernel<IntegerConvRequest> {
    private final VectorUnit unit;
    private final IntegerFactors factors;

    /// The kernel for a vector unit.
    public IntegerConvKernel(VectorUnit unit, IntegerFactors factors) {
        this.unit = unit;
        this.factors = factors;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_conv_x8x8s32_nhwc" + factors.label(), unit.isa());
    }

    @Override
    public boolean supports(IntegerConvRequest request) {
        return !request.isEmpty()
                && request.isOrdinary()
                && (factors != IntegerFactors.QUADS || request.groups() == 1)
                && SumCode.knows(request.result(), request.epilogue().stages())
                && TileProduct.supports(
                        unit,
                        request.outputs() / request.groups(),
                        (long) request.channels()
                                / request.groups()
                                * request.window().kernelSize(),
                        request.epilogue().stages());
    }

    @Override
    public Cost cost(IntegerConvRequest request, Machine machine) {
        double pixels = (double) request.batch() * request.window().outputSize();
        return factors.cost(unit, pixels, request.result(), IntegerConvWork.right(request, 0))
                .times(request.groups());
    }

    @Override
    public Work prepare(IntegerConvRequest request, Constants constants) {
        if (!request.window().isPointwise() || request.groups() > 1) {
            return new IntegerConvWork(request, factors, unit, constants);
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
        return new IntegerGemmWork(product, factors, unit, constants);
    }
}
