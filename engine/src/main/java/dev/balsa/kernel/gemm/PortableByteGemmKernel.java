package dev.balsa.kernel.gemm;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;

/// Exact products of byte matrices for any CPU, on the float tiles. Supports every request.
public final class PortableByteGemmKernel implements Kernel<ByteGemmRequest> {
    private final VectorProvider provider;

    /// The kernel for a provider.
    public PortableByteGemmKernel(VectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public KernelSpec spec() {
        var form = provider == VectorProvider.VECTOR_API ? "" : "_plain";
        return new KernelSpec("portable_gemm_x8x8s32" + form, Isa.PORTABLE);
    }

    @Override
    public boolean supports(ByteGemmRequest request) {
        return true;
    }

    @Override
    public Work prepare(ByteGemmRequest request, Constants constants) {
        return new ByteGemmWork(request, provider);
    }
}
