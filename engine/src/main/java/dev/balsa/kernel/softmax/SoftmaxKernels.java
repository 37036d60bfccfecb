package dev.balsa.kernel.softmax;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family, best first.
public final class SoftmaxKernels {
    private SoftmaxKernels() {}

    /// The kernels up to a level.
    public static List<Kernel<SoftmaxRequest>> of(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<SoftmaxRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new SoftmaxCodeKernel(unit)));
        kernels.addAll(of(provider));
        return kernels;
    }

    /// The kernels of a provider, for any CPU.
    public static List<Kernel<SoftmaxRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "softmax_f32",
                provider,
                _ -> true,
                r -> r.inner() == 1 ? new SoftmaxRows(r, provider) : new SoftmaxColumns(r, provider)));
    }
}
