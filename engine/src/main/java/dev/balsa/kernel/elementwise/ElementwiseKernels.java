package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this family by request, best first.
public final class ElementwiseKernels {
    private ElementwiseKernels() {}

    /// The kernels for [ElementwiseRequest].
    public static List<Kernel<ElementwiseRequest>> chains(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "elementwise_f32", provider, _ -> true, r -> new ElementwiseWork(r, provider)));
    }
}
