package dev.balsa.kernel.movement;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.PortableKernel;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/// The kernels of this family by request, best first.
public final class MovementKernels {
    private MovementKernels() {}

    /// The kernels for [StridedCopyRequest] up to a level.
    public static List<Kernel<StridedCopyRequest>> copies(Isa isa) {
        var kernels = new ArrayList<Kernel<StridedCopyRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> {
            kernels.add(new RunCopyCodeKernel(unit));
            kernels.add(new TransposeCodeKernel(unit.isa()));
            kernels.add(new StridedCopyCodeKernel(unit.isa()));
        });
        kernels.addAll(copies());
        return kernels;
    }

    /// The kernels for [StridedCopyRequest] on any CPU.
    public static List<Kernel<StridedCopyRequest>> copies() {
        return List.of(
                new PortableKernel<>("transpose_any", VectorProvider.PLAIN, TransposeWork::suits, TransposeWork::new),
                new PortableKernel<>("copy_any", VectorProvider.PLAIN, _ -> true, StridedCopyWork::new));
    }

    /// The kernels for [ConcatRequest] up to a level.
    public static List<Kernel<ConcatRequest>> concats(Isa isa) {
        var kernels = new ArrayList<Kernel<ConcatRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new ConcatCodeKernel(unit)));
        kernels.addAll(concats());
        return kernels;
    }

    /// The kernels for [ConcatRequest] on any CPU.
    public static List<Kernel<ConcatRequest>> concats() {
        return List.of(new PortableKernel<>("concat_any", VectorProvider.PLAIN, _ -> true, ConcatWork::new));
    }

    /// The kernels for [GatherRequest].
    public static List<Kernel<GatherRequest>> gathers() {
        return List.of(new PortableKernel<>("gather_any", VectorProvider.PLAIN, _ -> true, GatherWork::new));
    }

    /// The kernels for [PadRequest].
    public static List<Kernel<PadRequest>> pads() {
        return List.of(new PortableKernel<>("pad_any", VectorProvider.PLAIN, _ -> true, PadWork::new));
    }
}
