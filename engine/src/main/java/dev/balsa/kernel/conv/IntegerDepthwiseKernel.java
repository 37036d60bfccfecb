package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;

/// Exact depthwise convolutions of 8-bit channels-last images in machine code, for windows small enough to be
/// written out.
public final class IntegerDepthwiseKernel implements Kernel<IntegerConvRequest> {
    /// So many products of differences of bytes, 255 at most, are less than 2^24 together: sums in floats are
    /// exact.
    private static final int MOST_TAPS = 128;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public IntegerDepthwiseKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_depthwise_x8x8s32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(IntegerConvRequest request) {
        return !request.isEmpty()
                && request.isDepthwise()
                && request.isOrdinary()
                && isFlat(Axis.all(request.window()).getFirst())
                && request.window().kernelSize() <= MOST_TAPS
                // Distances within an image are parts of instructions, 32 bits with sign.
                && PaddedImage.size(request.window()) * request.channels() * Float.BYTES <= Integer.MAX_VALUE
                && SumCode.knows(request.result(), request.epilogue().stages());
    }

    /// Whether windows see one plane of a volume.
    private static boolean isFlat(Axis depth) {
        return depth.kernel() == 1 && depth.stride() == 1 && depth.pad() == 0 && depth.input() == depth.output();
    }

    @Override
    public Work prepare(IntegerConvRequest request, Constants constants) {
        return new IntegerDepthwiseWork(request, unit, constants);
    }
}
