package dev.balsa.kernel.attention;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family, best first.
public final class AttentionKernels {
    private AttentionKernels() {}

    /// The kernels up to a level; none without machine code, where the plain definition must do.
    public static List<Kernel<AttentionRequest>> of(Isa isa, Precision precision) {
        var kernels = new ArrayList<Kernel<AttentionRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> {
            if (isa == Isa.AMX) {
                kernels.add(new TileUnitAttentionKernel(AmxFamily.of(precision), unit));
            }
            kernels.add(new AttentionKernel(unit));
        });
        return kernels;
    }

    /// The kernels for [RotaryRequest] up to a level; none without machine code.
    public static List<Kernel<RotaryRequest>> rotations(Isa isa) {
        return VectorUnit.of(isa)
                .map(unit -> List.<Kernel<RotaryRequest>>of(new RotaryKernel(unit)))
                .orElse(List.of());
    }
}
