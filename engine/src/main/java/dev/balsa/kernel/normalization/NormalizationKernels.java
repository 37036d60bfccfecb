package dev.balsa.kernel.normalization;

import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;

/// The kernels of this family by request, best first.
public final class NormalizationKernels {
    private NormalizationKernels() {}

    /// The kernels for [RowNormRequest].
    public static List<Kernel<RowNormRequest>> rows(VectorProvider provider) {
        return List.of(new PortableKernel<>("rownorm_f32", provider, _ -> true, r -> new RowNormWork(r, provider)));
    }

    /// The kernels for [GroupNormRequest].
    public static List<Kernel<GroupNormRequest>> groups(VectorProvider provider) {
        return List.of(new PortableKernel<>("groupnorm_f32", provider, _ -> true, r -> new GroupNormWork(r, provider)));
    }

    /// The kernels for [BatchNormRequest].
    public static List<Kernel<BatchNormRequest>> batches(VectorProvider provider) {
        return List.of(new PortableKernel<>("batchnorm_f32", provider, _ -> true, r -> new BatchNormWork(r, provider)));
    }

    /// The kernels for [LocalResponseRequest].
    public static List<Kernel<LocalResponseRequest>> localResponses(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "localresponse_f32", provider, _ -> true, r -> new LocalResponseWork(r, provider)));
    }
}
