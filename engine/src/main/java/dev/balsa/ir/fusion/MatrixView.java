package dev.balsa.ir.fusion;

import java.util.List;
import java.util.stream.LongStream;

/// Matrices among the elements of a tensor: element (i, j) of the matrix at place `p` of a batch is element
/// `offset + sum over d of p[d] * batch[d] + i * row + j * column`.
///
/// @param offset the first element
/// @param batch elements from a matrix to the next along each dimension of the batch; 0 where all have the same
/// @param row elements from a row to the next
/// @param column elements from a column to the next
public record MatrixView(long offset, List<Long> batch, long row, long column) {
    /// Copies the list.
    public MatrixView {
        batch = List.copyOf(batch);
    }

    /// Rows as columns.
    public MatrixView turned() {
        long newRow = column;
        long newColumn = row;
        return new MatrixView(offset, batch, newRow, newColumn);
    }

    /// The first element of each matrix of a batch, in row-major order.
    ///
    /// @param dims of the batch
    public List<Long> offsets(List<Long> dims) {
        var offsets = List.of(offset);
        for (int d = 0; d < dims.size(); d++) {
            long length = dims.get(d);
            long stride = batch.get(d);
            offsets = offsets.stream()
                    .flatMap(from -> LongStream.range(0, length).mapToObj(i -> from + i * stride))
                    .toList();
        }
        return offsets;
    }
}
