package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A constant right factor of 8-bit integers, which is multiplied as pairs of 16-bit integers: neighbours along the
/// depth, less their zero points.
///
/// Its rows come in runs: the element in row `d` and column `c` lies at byte
/// `runs[d / run] + d % run * rowStep + c * columnStep`. Pairs do not go over the end of a run: behind one of odd
/// length a zero fills the last pair up.
///
/// @param memory where the elements are
/// @param runs where each run begins
/// @param run rows of a run
/// @param rowStep bytes from a row to the next of its run
/// @param columnStep bytes from a column to the next
/// @param columns how many there are
/// @param signed whether elements and zero points are signed
/// @param zeroPoints one for all columns or one for each; none stands for 0
public record PairFactor(
        MemorySegment memory,
        List<Long> runs,
        int run,
        long rowStep,
        long columnStep,
        int columns,
        boolean signed,
        Optional<MemorySegment> zeroPoints) {
    /// Copies the list.
    public PairFactor {
        runs = List.copyOf(runs);
    }

    /// The depth in pairs.
    int pairs() {
        return Math.multiplyExact(runs.size(), Math.ceilDiv(run, 2));
    }

    /// Names everything but the memory, for the packed form's key.
    String form() {
        var zeros = zeroPoints.map(segment -> {
            long hash = 0;
            for (long i = 0; i < segment.byteSize(); i++) {
                hash = 31 * hash + segment.get(ValueLayout.JAVA_BYTE, i);
            }
            return segment.byteSize() + ":" + hash;
        });
        return runs + " " + run + " " + rowStep + " " + columnStep + " " + signed + " " + zeros.orElse("no zeros");
    }

    private int value(byte value) {
        return signed ? value : Byte.toUnsignedInt(value);
    }

    /// Packs the factor, by way of arrays, which code that has only begun to run reads much faster than segments.
    ///
    /// @param target zeros
    void pack(VectorUnit unit, Panels panels, MemorySegment target) {
        for (int panel = 0; panel < panels.count(); panel++) {
            int first = panels.column(panel);
            var zeros = zeros(first, panels.columns(panel));
            int width = panels.vectors(panel) * unit.lanes();
            var packed = new int[Math.multiplyExact(pairs(), width)];
            if (columnStep == 1) {
                packRows(first, zeros, width, packed);
            } else {
                packColumns(first, zeros, width, packed);
            }
            MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_INT, panels.place(panel, 0), packed.length);
        }
    }

    private int[] zeros(int first, int count) {
        var zeros = new int[count];
        zeroPoints.ifPresent(points -> {
            for (int i = 0; i < count; i++) {
                zeros[i] = value(points.get(ValueLayout.JAVA_BYTE, points.byteSize() == 1 ? 0 : first + i));
            }
        });
        return zeros;
    }

    private void packRows(int first, int[] zeros, int width, int[] packed) {
        var low = new byte[zeros.length];
        var high = new byte[zeros.length];
        int at = 0;
        for (long start : runs) {
            for (int row = 0; row < run; row += 2, at += width) {
                boolean isPair = row + 1 < run;
                long from = start + row * rowStep + first;
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from, low, 0, low.length);
                if (isPair) {
                    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from + rowStep, high, 0, high.length);
                }
                for (int i = 0; i < zeros.length; i++) {
                    packed[at + i] = pair(value(low[i]) - zeros[i], isPair ? value(high[i]) - zeros[i] : 0);
                }
            }
        }
    }

    private void packColumns(int first, int[] zeros, int width, int[] packed) {
        int step = Math.toIntExact(rowStep);
        var starts = runs.stream().mapToInt(Math::toIntExact).toArray();
        var column = new byte[Arrays.stream(starts).max().orElse(0) + (run - 1) * step + 1];
        for (int i = 0; i < zeros.length; i++) {
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, (first + i) * columnStep, column, 0, column.length);
            int at = i;
            for (int start : starts) {
                for (int row = 0; row < run; row += 2, at += width) {
                    int from = start + row * step;
                    int high = row + 1 < run ? value(column[from + step]) - zeros[i] : 0;
                    packed[at] = pair(value(column[from]) - zeros[i], high);
                }
            }
        }
    }

    private static int pair(int low, int high) {
        return low & 0xFFFF | high << Short.SIZE;
    }
}
