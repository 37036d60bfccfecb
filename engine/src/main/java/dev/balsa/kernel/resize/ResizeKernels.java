package dev.balsa.kernel.resize;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this family, best first.
public final class ResizeKernels {
    private ResizeKernels() {}

    /// The kernels of a provider.
    public static List<Kernel<ResizeRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>("resize_f32", provider, _ -> true, r -> new ResizeWork(r, provider)));
    }
}
