package dev.balsa.kernel.gemm;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;

/// Products of float matrices for any CPU: blocked over columns and depth, B in panels (packed once where it is
/// constant), A read as it lies. Supports every request.
public final class PortableGemmKernel implements Kernel<GemmRequest> {
    private final VectorProvider provider;
    private final PanelTile tile;

    /// The kernel for a provider.
    public PortableGemmKernel(VectorProvider provider) {
        this.provider = provider;
        this.tile = PanelTile.of(provider);
    }

    @Override
    public KernelSpec spec() {
        var form = provider == VectorProvider.VECTOR_API ? "v" : "_plain";
        return new KernelSpec("portable_gemm_f32_" + PanelTile.ROWS + "x" + tile.vectors() + form, Isa.PORTABLE);
    }

    @Override
    public boolean supports(GemmRequest request) {
        return true;
    }

    @Override
    public Work prepare(GemmRequest request, Constants constants) {
        return new GemmWork(request, provider, spec().name(), constants);
    }
}
