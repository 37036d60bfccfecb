package dev.balsa.kernel.movement;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.DataType;

/// Blocks at places that indices tell, in machine code: a list of places is made of some indices, none of which is
/// used before it has been compared with its dimension; then the blocks of the list are copied, or reduced: in
/// machine code if they are long and of floats. Constant indices are listed beforehand.
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
                bytes -> copies(request, constants, bytes));
    }

    private BlockCopies copies(IndexedCopyRequest request, Constants constants, long bytes) {
        if (request.reduction().isEmpty()) {
            return BlockCodeCopies.of(unit, constants, bytes, request.scatter());
        }
        var reduction = request.reduction().get();
        // Of fewer floats there would be parts of vectors only.
        boolean isCode = reduction.type() == DataType.FLOAT32 && bytes >= unit.bytes();
        return isCode ? BlockCodeReductions.of(unit, constants, reduction.function()) : new BlockReductions(reduction);
    }
}
