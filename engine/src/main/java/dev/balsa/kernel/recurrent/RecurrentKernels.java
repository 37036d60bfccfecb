package dev.balsa.kernel.recurrent;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.Precision;
import java.util.List;

/// The kernels of this family, best first.
public final class RecurrentKernels {
    private RecurrentKernels() {}

    /// The kernels up to a level; none without machine code, where the plain definition must do.
    public static List<Kernel<RecurrentRequest>> of(Isa isa, Precision precision) {
        return VectorUnit.of(isa)
                .map(unit -> List.<Kernel<RecurrentRequest>>of(new RecurrentKernel(unit, precision)))
                .orElse(List.of());
    }
}
