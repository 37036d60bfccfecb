package dev.balsa.kernel.amx;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.RoutineArgument;

/// What a routine of [SquareTileCode] is told, in this order; the addresses of the result and of operands move on.
enum SquareArgument implements RoutineArgument {
    /// The first part of the first square's first position; bytes from there to the next part's, to the next
    /// position's, and to the next square's.
    LEFT(0),
    PLANE_STEP(1),
    POSITION_STEP(2),
    STRIDE(3),
    /// Steps of depth of a position, at least 2.
    STEPS(4),
    /// The first panel, how many there are, the bytes of each, and the one that is multiplied after the last.
    PANEL(5),
    PANELS(6),
    PANEL_BYTES(7),
    NEXT(8),
    /// [SquareTileCode#BUFFER_BYTES] of memory.
    BUFFER(9),
    /// Where outputs are kept between passes: two neighbours of a panel's columns for each square. Bytes from those
    /// of the upper row to those of the lower one, and to the next panel's.
    KEPT(10),
    KEPT_ROW(11),
    KEPT_PANEL(12),
    /// The result's memory, shifted to the first panel's first column.
    OUTPUT(13),
    /// For each square, and those of one more block, the places of the two outputs of the row that ends: unsigned
    /// 32-bit numbers, elements from `OUTPUT`, or [SumsOut#NOWHERE].
    PLACES(14),
    /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
    OPERANDS(15);

    private final int place;

    SquareArgument(int place) {
        this.place = place;
    }

    @Override
    public int place() {
        return place;
    }

    /// Where an operand of the epilogue stands, or would.
    static int operand(int index) {
        return OPERANDS.at() + index * Long.BYTES;
    }

    /// In memory.
    Mem in() {
        return Mem.at(Gpr.RDI, at()).sized(Long.SIZE);
    }
}
