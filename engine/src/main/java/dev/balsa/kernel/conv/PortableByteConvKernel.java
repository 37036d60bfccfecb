package dev.balsa.kernel.conv;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;

/// Exact convolutions of bytes for any CPU, on the float tiles. Supports every request.
public final class PortableByteConvKernel implements Kernel<ByteConvRequest> {
    private final VectorProvider provider;

    /// The kernel for a provider.
    public PortableByteConvKernel(VectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public KernelSpec spec() {
        var form = provider == VectorProvider.VECTOR_API ? "" : "_plain";
        return new KernelSpec("portable_conv_x8x8s32" + form, Isa.PORTABLE);
    }

    @Override
    public boolean supports(ByteConvRequest request) {
        return true;
    }

    @Override
    public Work prepare(ByteConvRequest request, Constants constants) {
        return new ByteConvWork(request, provider);
    }
}
