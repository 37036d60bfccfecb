package dev.balsa.kernel.movement;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;

/// Blocks at places that indices tell, in machine code: a list of places is made of some indices, none of which is
/// used before it has been compared with its dimension; then the blocks of the list are copied. Constant indices
/// are listed beforehand.
public final class IndexedCopyCodeKernel implements Kernel<IndexedCopyRequest> {
    /// Code is as long as tuples are.
    private static final int MOST_MEMBERS = 16;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public IndexedCopyCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_copy_indexed", unit.isa());
    }

    @Override
    public boolean supports(IndexedCopyRequest request) {
        return request.members().size() <= MOST_MEMBERS;
    }

    @Override
    public Work prepare(IndexedCopyRequest request, Constants constants) {
        var tuples = new TuplePlaces(request.indexBytes(), request.members());
        return new IndexedCopyWork(
                request,
                new PlaceCodeLists(tuples, request.nest(), constants),
                bytes -> BlockCodeCopies.of(unit, constants, bytes, request.scatter()));
    }
}
