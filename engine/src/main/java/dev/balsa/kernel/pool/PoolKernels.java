package dev.balsa.kernel.pool;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family, best first.
public final class PoolKernels {
    private PoolKernels() {}

    /// The kernels up to a level.
    public static List<Kernel<PoolRequest>> of(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<PoolRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new PoolCodeKernel(unit)));
        kernels.addAll(of(provider));
        return kernels;
    }

    /// The kernels of a provider, for any CPU.
    public static List<Kernel<PoolRequest>> of(VectorProvider provider) {
        return List.of(
                new PortableKernel<>("pool_f32", provider, PoolRequest::isDense, r -> new PoolWork(r, provider)));
    }
}
