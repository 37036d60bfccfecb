package dev.balsa.kernel.gemm;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this package.
public final class GemmKernels {
    private GemmKernels() {}

    /// Kernels for products of floats, the likely best first.
    public static List<Kernel<GemmRequest>> floats(Isa isa) {
        var portable = new PortableGemmKernel(VectorProvider.best());
        return VectorUnit.of(isa)
                .map(unit -> List.of(new TileGemmKernel(unit), portable))
                .orElse(List.of(portable));
    }

    /// Kernels for exact products of bytes, the likely best first.
    public static List<Kernel<ByteGemmRequest>> bytes() {
        return List.of(new PortableByteGemmKernel(VectorProvider.best()));
    }
}
