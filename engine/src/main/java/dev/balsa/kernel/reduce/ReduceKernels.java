package dev.balsa.kernel.reduce;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family, best first.
public final class ReduceKernels {
    private ReduceKernels() {}

    /// The kernels up to a level.
    public static List<Kernel<ReduceRequest>> of(Isa isa, VectorProvider provider) {
        var kernels = new ArrayList<Kernel<ReduceRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new ReduceCodeKernel(unit)));
        kernels.addAll(of(provider));
        return kernels;
    }

    /// The kernels of a provider, for any CPU.
    public static List<Kernel<ReduceRequest>> of(VectorProvider provider) {
        return List.of(new PortableKernel<>("reduce_f32", provider, _ -> true, r -> {
            var nests = ReduceNests.of(r);
            return nests.runsAlongReduced()
                    ? new ReduceRows(r.function(), nests, provider)
                    : new ReduceColumns(r.function(), nests, provider);
        }));
    }
}
