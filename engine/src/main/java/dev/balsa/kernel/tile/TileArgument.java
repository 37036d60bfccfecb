package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.RoutineArgument;

/// What a routine of [TileCode] is told, in this order.
enum TileArgument implements RoutineArgument {
    /// The left factor's memory; rows lie at the places in `ROW_PLACES`.
    LEFT(0),
    /// For each row an unsigned 32-bit number: elements from `LEFT`.
    ROW_PLACES(1),
    /// The panel's first row for this block of depth.
    PANEL(2),
    /// A [SegmentTable].
    SEGMENTS(3),
    SEGMENT_COUNT(4),
    /// Sums of earlier blocks of depth, tile after tile, for the rows from rsi on.
    PARTIAL(5),
    /// Whether there are no sums of earlier blocks (1), or those in `PARTIAL` are added (0).
    IS_FIRST(6),
    /// Whether sums go to the result (1) or to `PARTIAL` (0).
    IS_LAST(7),
    /// The result's memory, shifted to the panel's first column; rows lie at the places in `OUTPUT_PLACES`.
    OUTPUT(8),
    OUTPUT_PLACES(9),
    /// Bytes from one row of the panel to the next, where it is strided.
    PANEL_ROW(10),
    /// Bytes from one element of a left row to the next, where it is strided.
    LEFT_STEP(11),
    /// What is asked for ahead ([TileAhead]): where it is, how many lines of it each tile asks for at its
    /// beginning, and, in `NEXT_STEP`, the bytes that a round of steps goes on by.
    NEXT(12),
    NEXT_LINES(13),
    /// How many panels of this kind follow each other, where a tile's rows go over several.
    PANELS(14),
    /// Bytes from such a panel to the next.
    PANEL_BYTES(15),
    /// The routine's own: panels left, the last row's end.
    PANELS_LEFT(16),
    END(17),
    NEXT_STEP(18),
    /// Of products of quads, numbers of 32 bits: how many steps there are, and for each the bytes from a row's
    /// place to its quad.
    STEPS(19),
    /// Bytes from those of a panel to the next one's.
    STEP_BYTES(20),
    /// The left factor's zero point, 32 bits with sign.
    ZERO_POINT(21),
    /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
    OPERANDS(22);

    private final int place;

    TileArgument(int place) {
        this.place = place;
    }

    @Override
    public int place() {
        return place;
    }

    /// Where an operand of the epilogue stands.
    static int operand(int index) {
        return OPERANDS.at() + index * Long.BYTES;
    }
}
