package dev.balsa.kernel.movement;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Work;
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
            kernels.add(new TransposeCodeKernel(unit));
            kernels.add(new InterleaveCodeKernel(unit.isa()));
            kernels.add(new StridedCopyCodeKernel(unit.isa()));
        });
        kernels.addAll(copies());
        return kernels;
    }

    /// The kernels for [StridedCopyRequest] on any CPU.
    public static List<Kernel<StridedCopyRequest>> copies() {
        return List.of(
                new PortableKernel<>("transpose_any", VectorProvider.PLAIN, TransposeWork::suits, TransposeWork::new),
                new PortableKernel<>(
                        "copy_any",
                        VectorProvider.PLAIN,
                        request -> request.isDense() && request.keepsElements(),
                        StridedCopyWork::new));
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
        return List.of(
                new PortableKernel<>("concat_any", VectorProvider.PLAIN, ConcatRequest::isWhole, ConcatWork::new));
    }

    /// The kernels for [RowUpdateRequest] on any CPU.
    public static List<Kernel<RowUpdateRequest>> rowUpdates() {
        return List.of(
                new PortableKernel<>("row_update_any", VectorProvider.PLAIN, request -> true, RowUpdateWork::new));
    }

    /// The kernels for [IndexedCopyRequest] up to a level.
    public static List<Kernel<IndexedCopyRequest>> indexed(Isa isa) {
        var kernels = new ArrayList<Kernel<IndexedCopyRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new IndexedCopyCodeKernel(unit)));
        kernels.addAll(indexed());
        return kernels;
    }

    /// The kernels for [IndexedCopyRequest] on any CPU.
    public static List<Kernel<IndexedCopyRequest>> indexed() {
        return List.of(
                new PortableKernel<>("copy_indexed", VectorProvider.PLAIN, _ -> true, MovementKernels::plainIndexed));
    }

    private static Work plainIndexed(IndexedCopyRequest request) {
        var tuples = new TuplePlaces(request.indexBytes(), request.members());
        return new IndexedCopyWork(
                request,
                new PlainPlaceLists(tuples, request.nest()),
                _ -> request.reduction()
                        .<BlockCopies>map(BlockReductions::new)
                        .orElseGet(() -> new PlainBlockCopies(request.scatter())));
    }

    /// The kernels for [PadRequest] up to a level.
    public static List<Kernel<PadRequest>> pads(Isa isa) {
        var kernels = new ArrayList<Kernel<PadRequest>>();
        VectorUnit.of(isa).ifPresent(unit -> kernels.add(new PadCodeKernel(unit)));
        kernels.addAll(pads());
        return kernels;
    }

    /// The kernels for [PadRequest] on any CPU.
    public static List<Kernel<PadRequest>> pads() {
        return List.of(new PortableKernel<>("pad_any", VectorProvider.PLAIN, _ -> true, PadWork::new));
    }
}
