package dev.balsa.kernel.conv;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;

/// Convolutions for any CPU, as blocked products with panels of pixels that are packed on the way, or, where every
/// group is a single channel, as sums of shifted images. Supports every request.
public final class PortableConvKernel implements Kernel<ConvRequest> {
    private final VectorProvider provider;

    /// The kernel for a provider.
    public PortableConvKernel(VectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public KernelSpec spec() {
        var form = provider == VectorProvider.VECTOR_API ? "" : "_plain";
        return new KernelSpec("portable_conv_f32" + form, Isa.PORTABLE);
    }

    @Override
    public boolean supports(ConvRequest request) {
        return true;
    }

    @Override
    public Work prepare(ConvRequest request, Constants constants) {
        return DepthwiseWork.supports(request) ? new DepthwiseWork(request, provider) : new ConvWork(request, provider);
    }
}
