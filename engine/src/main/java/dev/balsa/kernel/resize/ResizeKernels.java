package dev.balsa.kernel.resize;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family, best first.
public final class ResizeKernels {
    private ResizeKernels() {}

    /// The kernels up to a level.
    public static List<Kernel<ResizeRequest>> of(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<ResizeRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new ResizeCodeKernel(unit)));
        kernels.addAll(of(provider));
        return kernels;
    }

    /// The kernels of a provider.
    public static List<Kernel<ResizeRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>("resize_f32", provider, _ -> true, r -> new ResizeWork(r, provider)));
    }
}
