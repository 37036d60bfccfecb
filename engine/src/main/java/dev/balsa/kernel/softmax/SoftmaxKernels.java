package dev.balsa.kernel.softmax;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this family, best first.
public final class SoftmaxKernels {
    private SoftmaxKernels() {}

    /// The kernels of a provider.
    public static List<Kernel<SoftmaxRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "softmax_f32",
                provider,
                _ -> true,
                r -> r.inner() == 1 ? new SoftmaxRows(r, provider) : new SoftmaxColumns(r, provider)));
    }
}
