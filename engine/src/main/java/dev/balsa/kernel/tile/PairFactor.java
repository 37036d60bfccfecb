package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    private int value(MemorySegment segment, long at) {
        byte value = segment.get(ValueLayout.JAVA_BYTE, at);
        return signed ? value : Byte.toUnsignedInt(value);
    }

    private int zeroPoint(int column) {
        return zeroPoints
                .map(zeros -> value(zeros, zeros.byteSize() == 1 ? 0 : column))
                .orElse(0);
    }

    /// Packs the factor.
    ///
    /// @param target zeros
    void pack(VectorUnit unit, Panels panels, MemorySegment target) {
        int pairsOfRun = Math.ceilDiv(run, 2);
        for (int panel = 0; panel < panels.count(); panel++) {
            int first = panels.column(panel);
            int width = Math.min(columns - first, panels.vectors(panel) * unit.lanes());
            for (int column = first; column < first + width; column++) {
                int zero = zeroPoint(column);
                for (int i = 0; i < runs.size(); i++) {
                    long from = runs.get(i) + column * columnStep;
                    for (int pair = 0; pair < pairsOfRun; pair++, from += 2 * rowStep) {
                        int low = value(memory, from) - zero;
                        int high = 2 * pair + 1 < run ? value(memory, from + rowStep) - zero : 0;
                        long to = panels.place(panel, i * pairsOfRun + pair) + (long) (column - first) * Integer.BYTES;
                        target.set(ValueLayout.JAVA_INT, to, low & 0xFFFF | high << Short.SIZE);
                    }
                }
            }
        }
    }
}
