package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Brings a transposed left factor into rows.
final class RowPacking {
    private RowPacking() {}

    /// Writes `rows` rows of `depth` floats; element (i, j) comes from `sourceAt + (i + j * stride)` floats.
    static void pack(
            MemorySegment source,
            long sourceAt,
            long stride,
            int rows,
            int depth,
            MemorySegment target,
            long targetAt) {
        for (int j = 0; j < depth; j++) {
            var from = sourceAt + j * stride * Float.BYTES;
            var to = targetAt + (long) j * Float.BYTES;
            for (int i = 0; i < rows; i++) {
                var value = source.get(JAVA_FLOAT_UNALIGNED, from + (long) i * Float.BYTES);
                target.set(JAVA_FLOAT_UNALIGNED, to + (long) i * depth * Float.BYTES, value);
            }
        }
    }
}
