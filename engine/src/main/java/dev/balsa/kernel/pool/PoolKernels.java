package dev.balsa.kernel.pool;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this family, best first.
public final class PoolKernels {
    private PoolKernels() {}

    /// The kernels of a provider.
    public static List<Kernel<PoolRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>("pool_f32", provider, _ -> true, r -> new PoolWork(r, provider)));
    }
}
