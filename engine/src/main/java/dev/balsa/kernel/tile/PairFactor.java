package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.PairPackCode.Argument;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
    private static final int FEW_COLUMNS = 64;

    /// Copies the list.
    public PairFactor {
        runs = List.copyOf(runs);
    }

    /// The depth in pairs.
    int pairs() {
        return Math.multiplyExact(runs.size(), Math.ceilDiv(run, 2));
    }

    /// Names everything but the memory, for the packed form's key.
    public String form() {
        var zeros = zeroPoints.map(
                segment -> segment.byteSize() + ":" + Arrays.hashCode(segment.toArray(ValueLayout.JAVA_BYTE)));
        return runs + " " + run + " " + rowStep + " " + columnStep + " " + signed + " " + zeros.orElse("no zeros");
    }

    private int value(byte value) {
        return signed ? value : Byte.toUnsignedInt(value);
    }

    /// Whether all elements less their zero points fit in 8 bits.
    public boolean fitsBytes() {
        byte zero = (byte) (signed ? 0 : 128);
        boolean isObvious = zeroPoints
                .map(segment -> segment.toArray(ValueLayout.JAVA_BYTE))
                .map(bytes -> IntStream.range(0, bytes.length).allMatch(i -> bytes[i] == zero))
                .orElse(signed);
        for (int first = 0; first < columns && !isObvious; first += FEW_COLUMNS) {
            for (var column : columns(first, Math.min(FEW_COLUMNS, columns - first), 1)) {
                if (!fitsBytes(column)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean fitsBytes(int[] column) {
        for (int number : column) {
            if (number != (byte) number) {
                return false;
            }
        }
        return true;
    }

    /// Columns less their zero points, each along the depth; zeros fill up each run.
    ///
    /// @param unit what the length of a run is filled up to a multiple of
    public int[][] columns(int first, int count, int unit) {
        var zeros = zeros(first, count);
        int filled = Math.ceilDiv(run, unit) * unit;
        var columns = new int[count][Math.multiplyExact(runs.size(), filled)];
        int at = 0;
        for (long start : runs) {
            long from = start + first * columnStep;
            if (rowStep < columnStep) {
                var bytes = new byte[Math.toIntExact((run - 1) * rowStep + 1)];
                for (int i = 0; i < count; i++) {
                    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from + i * columnStep, bytes, 0, bytes.length);
                    gather(bytes, (int) rowStep, signed, zeros[i], columns[i], at, run);
                }
            } else {
                var bytes = new byte[Math.toIntExact((count - 1) * columnStep + 1)];
                for (int row = 0; row < run; row++) {
                    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from + row * rowStep, bytes, 0, bytes.length);
                    spread(bytes, (int) columnStep, signed, zeros, columns, at + row);
                }
            }
            at += filled;
        }
        return columns;
    }

    /// Methods of their own, since the JVM compiles what is called often sooner than what loops long.
    private static void gather(byte[] bytes, int step, boolean signed, int zero, int[] column, int at, int count) {
        int mask = signed ? -1 : 0xFF;
        for (int i = 0; i < count; i++) {
            column[at + i] = (bytes[i * step] & mask) - zero;
        }
    }

    private static void spread(byte[] bytes, int step, boolean signed, int[] zeros, int[][] columns, int at) {
        int mask = signed ? -1 : 0xFF;
        for (int i = 0; i < columns.length; i++) {
            columns[i][at] = (bytes[i * step] & mask) - zeros[i];
        }
    }

    /// Packs the factor.
    ///
    /// @param target zeros
    void pack(VectorUnit unit, Panels panels, MemorySegment target, Constants constants) {
        int widest = Math.toIntExact(panels.mostBytes(1));
        try (var arena = Arena.ofConfined()) {
            // What arguments point to is part of them, so that it is alive during the call as they are.
            var arguments = arena.allocate(Argument.bytes() + widest, Long.BYTES);
            Argument.ZEROS.set(arguments, arguments.address() + Argument.bytes());
            Argument.OTHER.set(arguments, rowStep);
            for (int panel = 0; panel < panels.count(); panel++) {
                var zeros = zeros(panels.column(panel), panels.columns(panel));
                MemorySegment.copy(zeros, 0, arguments, ValueLayout.JAVA_INT, Argument.bytes(), zeros.length);
                long rowBytes = (long) panels.vectors(panel) * unit.bytes();
                for (int i = 0; i < runs.size(); i++) {
                    long from = memory.address() + runs.get(i) + panels.column(panel) * columnStep;
                    long to = target.address() + panels.place(panel, i * Math.ceilDiv(run, 2));
                    pack(arguments, from, to, rowBytes, zeros.length, constants);
                }
            }
        }
    }

    private int[] zeros(int first, int count) {
        var zeros = new int[count];
        if (zeroPoints.isPresent()) {
            var points = zeroPoints.get();
            boolean isOne = points.byteSize() == 1;
            var bytes = new byte[isOne ? 1 : count];
            MemorySegment.copy(points, ValueLayout.JAVA_BYTE, isOne ? 0 : first, bytes, 0, bytes.length);
            for (int i = 0; i < count; i++) {
                zeros[i] = value(bytes[isOne ? 0 : i]);
            }
        }
        return zeros;
    }

    /// Packs a run's part of a panel, walking along what is nearer in memory, and then the element that is left
    /// over.
    private void pack(
            MemorySegment arguments, long from, long to, long rowBytes, int columnsHere, Constants constants) {
        int pairsHere = run / 2;
        Argument.SOURCE.set(arguments, from);
        Argument.TARGET.set(arguments, to);
        if (columnStep == 1 || pairsHere == 0) {
            alongColumns(arguments, rowBytes);
            if (pairsHere > 0) {
                code(true, constants).call(0, arguments, pairsHere, columnsHere);
            }
        } else {
            Argument.SOURCE_STEP.set(arguments, 2 * rowStep);
            Argument.ZERO_STEP.set(arguments, 0);
            Argument.TARGET_STEP.set(arguments, rowBytes);
            Argument.SOURCE_ROW.set(arguments, columnStep);
            Argument.ZERO_ROW.set(arguments, Integer.BYTES);
            Argument.TARGET_ROW.set(arguments, Integer.BYTES);
            code(true, constants).call(0, arguments, columnsHere, pairsHere);
        }
        if (run % 2 != 0) {
            Argument.SOURCE.set(arguments, from + (run - 1) * rowStep);
            Argument.TARGET.set(arguments, to + pairsHere * rowBytes);
            alongColumns(arguments, rowBytes);
            code(false, constants).call(0, arguments, 1, columnsHere);
        }
    }

    private void alongColumns(MemorySegment arguments, long rowBytes) {
        Argument.SOURCE_STEP.set(arguments, columnStep);
        Argument.ZERO_STEP.set(arguments, Integer.BYTES);
        Argument.TARGET_STEP.set(arguments, Integer.BYTES);
        Argument.SOURCE_ROW.set(arguments, 2 * rowStep);
        Argument.ZERO_ROW.set(arguments, 0);
        Argument.TARGET_ROW.set(arguments, rowBytes);
    }

    private MachineCode code(boolean paired, Constants constants) {
        var code = new PairPackCode(signed, paired);
        return constants.code(code.name(), code::write);
    }
}
