package dev.balsa.kernel.gemm;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// One factor of a matrix product: where its matrices lie in the operand's memory.
///
/// Element (i, j) of the stored matrix of batch `b` lies at element `offsets[b] + i * rowStride + j`.
///
/// @param transposed whether the product takes the stored matrix transposed
/// @param rowStride elements from one stored row to the next
/// @param offsets per batch, the element at which its matrix begins; this is how broadcasting is said
/// @param constant the operand's memory where it is the same in every run, so that it can be packed once
public record GemmOperand(boolean transposed, long rowStride, List<Long> offsets, Optional<MemorySegment> constant) {
    /// Copies the list.
    public GemmOperand {
        offsets = List.copyOf(offsets);
    }

    /// A single matrix stored densely with rows of `columns` elements.
    public static GemmOperand single(boolean transposed, long columns) {
        return new GemmOperand(transposed, columns, List.of(0L), Optional.empty());
    }

    /// This operand with constant memory.
    public GemmOperand withConstant(MemorySegment memory) {
        return new GemmOperand(transposed, rowStride, offsets, Optional.of(memory));
    }

    /// Whether every batch has the same matrix.
    public boolean isShared() {
        return offsets.isEmpty() || Collections.frequency(offsets, offsets.getFirst()) == offsets.size();
    }

    /// Elements from one row to the next of the matrix as the product takes it.
    public long rowStep() {
        return transposed ? 1 : rowStride;
    }

    /// Elements from one column to the next of the matrix as the product takes it.
    public long columnStep() {
        return transposed ? rowStride : 1;
    }
}
