package dev.balsa.kernel.normalization;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The kernels of this family by request, best first.
public final class NormalizationKernels {
    private NormalizationKernels() {}

    private static <R> List<Kernel<R>> withCode(
            Isa isa, Function<VectorUnit, Kernel<R>> code, List<Kernel<R>> portable) {
        var kernels = new ArrayList<Kernel<R>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(code.apply(unit)));
        kernels.addAll(portable);
        return kernels;
    }

    /// The kernels for [RowNormRequest] up to a level.
    public static List<Kernel<RowNormRequest>> rows(Isa isa, VectorProvider provider) {
        return withCode(isa, RowNormCodeKernel::new, rows(provider));
    }

    /// The kernels for [RowNormRequest] on any CPU.
    public static List<Kernel<RowNormRequest>> rows(VectorProvider provider) {
        return List.of(new PortableKernel<>("rownorm_f32", provider, _ -> true, r -> new RowNormWork(r, provider)));
    }

    /// The kernels for [GroupNormRequest] up to a level.
    public static List<Kernel<GroupNormRequest>> groups(Isa isa, VectorProvider provider) {
        return withCode(isa, GroupNormCodeKernel::new, groups(provider));
    }

    /// The kernels for [GroupNormRequest] on any CPU.
    public static List<Kernel<GroupNormRequest>> groups(VectorProvider provider) {
        return List.of(new PortableKernel<>("groupnorm_f32", provider, _ -> true, r -> new GroupNormWork(r, provider)));
    }

    /// The kernels for [BatchNormRequest] up to a level.
    public static List<Kernel<BatchNormRequest>> batches(Isa isa, VectorProvider provider) {
        return withCode(isa, BatchNormCodeKernel::new, batches(provider));
    }

    /// The kernels for [BatchNormRequest] on any CPU.
    public static List<Kernel<BatchNormRequest>> batches(VectorProvider provider) {
        return List.of(new PortableKernel<>("batchnorm_f32", provider, _ -> true, r -> new BatchNormWork(r, provider)));
    }

    /// The kernels for [LocalResponseRequest] up to a level.
    public static List<Kernel<LocalResponseRequest>> localResponses(Isa isa, VectorProvider provider) {
        return withCode(isa, LocalResponseCodeKernel::new, localResponses(provider));
    }

    /// The kernels for [LocalResponseRequest] on any CPU.
    public static List<Kernel<LocalResponseRequest>> localResponses(VectorProvider provider) {
        return List.of(new PortableKernel<>(
                "localresponse_f32", provider, _ -> true, r -> new LocalResponseWork(r, provider)));
    }
}
