package dev.balsa.kernel.attention;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// The kernels of this family, best first.
public final class AttentionKernels {
    private AttentionKernels() {}

    /// The kernels up to a level; none without machine code, where the plain definition must do.
    public static List<Kernel<AttentionRequest>> of(Isa isa) {
        return VectorUnit.of(isa)
                .map(unit -> List.<Kernel<AttentionRequest>>of(new AttentionKernel(unit)))
                .orElse(List.of());
    }

    /// The kernels for [RotaryRequest] up to a level; none without machine code.
    public static List<Kernel<RotaryRequest>> rotations(Isa isa) {
        return VectorUnit.of(isa)
                .map(unit -> List.<Kernel<RotaryRequest>>of(new RotaryKernel(unit)))
                .orElse(List.of());
    }
}
