package dev.balsa.kernel.conv;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;

/// Transposed convolutions for any CPU, as a product and a gathering of its sums. Supports every request.
public final class PortableConvTransposeKernel implements Kernel<ConvTransposeRequest> {
    private final VectorProvider provider;

    /// The kernel for a provider.
    public PortableConvTransposeKernel(VectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public KernelSpec spec() {
        var form = provider == VectorProvider.VECTOR_API ? "" : "_plain";
        return new KernelSpec("portable_convtranspose_f32" + form, Isa.PORTABLE);
    }

    @Override
    public boolean supports(ConvTransposeRequest request) {
        return true;
    }

    @Override
    public Work prepare(ConvTransposeRequest request, Constants constants) {
        return new ConvTransposeWork(request, provider, spec().name(), constants);
    }
}
