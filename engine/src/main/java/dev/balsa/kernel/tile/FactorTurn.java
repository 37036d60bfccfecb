package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Turns a constant right factor whose columns are stretches of memory, as the weights of a convolution are, into
/// rows of panels: a part of a panel at a time, which stays in the second-level cache until it has been taken.
public final class FactorTurn {
    /// What is turned at once, in bytes: half of the smallest second-level cache that is usual.
    private static final int CACHED = 128 << 10;
    /// Rows of each run that are turned at once are a multiple of the squares' side; see [PanelTurnCode].
    private static final int SIDE = 8;
    private static final int LINE = 64;

    /// How many [dev.balsa.kernel.code.RoutineArgument]s a taker may set.
    private static final int ARGUMENTS = 8;

    /// Takes what has been turned.
    @FunctionalInterface
    public interface Taker {
        /// Called for each part.
        void take(Part part);
    }

    /// Some rows of each run of the factor, with the columns of one panel.
    ///
    /// @param arguments for the taker's routines, which live with the turned rows
    /// @param before bytes that the panels before this one have in each row
    /// @param row the first row of each run
    /// @param rows how many there are of each run
    /// @param source address of the turned row that the first run begins with; as many elements as another row
    ///     begins behind it in the factor's memory, so many turned rows it lies behind
    /// @param rowBytes bytes of a turned row
    public record Part(
            MemorySegment arguments, int panel, long before, int row, int rows, long source, long rowBytes) {}

    private final VectorUnit unit;
    private final Panels panels;
    private final TileProduct.Right right;
    private final Constants constants;
    private final long extent;

    FactorTurn(VectorUnit unit, Panels panels, TileProduct.Right right, Constants constants) {
        this.unit = unit;
        this.panels = panels;
        this.right = right;
        this.constants = constants;
        extent = extent(right);
    }

    /// A factor whose panels have the usual shape.
    ///
    /// @param right one that this [#suits]
    public FactorTurn(VectorUnit unit, int columns, TileProduct.Right right, Constants constants) {
        this(unit, new Panels(unit, columns, right.run()), right, constants);
    }

    /// Whether the rows of the factor are all near each other, and not the elements of a row.
    public static boolean suits(TileProduct.Right right) {
        return right.columnStep() > 1
                && right.runs().getFirst().equals(right.first())
                && extent(right) + (right.run() - 1) * right.rowStep() <= right.columnStep();
    }

    /// Elements from the first row of a run that begins first to that of the run that begins last, and this one.
    private static long extent(TileProduct.Right right) {
        return right.runs().stream()
                .mapToLong(run -> run - right.first() + 1)
                .max()
                .orElseThrow();
    }

    /// Turns everything, part by part.
    public void run(Taker taker) {
        long widest = panels.mostBytes(1);
        int most = Math.toIntExact(Math.clamp(
                CACHED / (right.rowStep() * widest) / SIDE * SIDE,
                SIDE,
                Math.ceilDiv(right.run(), SIDE) * (long) SIDE));
        try (var arena = Arena.ofConfined()) {
            // What arguments point to is part of them, so that it is alive during the call as they are.
            long turnedAt = ARGUMENTS * (long) Long.BYTES;
            var scratch = arena.allocate(turnedAt + length(most) * widest, LINE);
            for (int row = 0; row < right.run(); row += most) {
                int rows = Math.min(most, right.run() - row);
                int elements = Math.toIntExact(length(rows));
                var packer = new PanelPacker(unit, panels, elements, 1, right.columnStep(), constants);
                long from = right.memory().address() + (right.first() + row * right.rowStep()) * Float.BYTES;
                long before = 0;
                for (int panel = 0; panel < panels.count(); panel++) {
                    packer.pack(panel, from, elements, scratch, scratch.address() + turnedAt);
                    long rowBytes = panels.bytes(panel, 1);
                    taker.take(new Part(scratch, panel, before, row, rows, scratch.address() + turnedAt, rowBytes));
                    before += rowBytes;
                }
            }
        }
    }

    /// Elements of a column that hold so many rows of each run.
    private long length(int rows) {
        return extent + (rows - 1) * right.rowStep();
    }
}
