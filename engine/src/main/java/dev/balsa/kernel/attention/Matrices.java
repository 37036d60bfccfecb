package dev.balsa.kernel.attention;

import java.util.List;
import java.util.stream.LongStream;

/// How matrices lie in a tensor: element (i, j) of matrix `b` at element `offsets[b] + i * row + j * column`.
///
/// @param offsets the first element of each matrix
/// @param row elements from a row to the next
/// @param column elements from a column to the next
public record Matrices(List<Long> offsets, long row, long column) {
    /// Copies the list.
    public Matrices {
        offsets = List.copyOf(offsets);
    }

    /// The first element of each matrix.
    long[] places() {
        return offsets.stream().mapToLong(Long::longValue).toArray();
    }

    /// Matrices of neighbouring elements, one after the other.
    static Matrices dense(int count, long rows, long columns) {
        return new Matrices(
                LongStream.range(0, count).mapToObj(i -> i * rows * columns).toList(), columns, 1);
    }
}
