package dev.balsa.kernel.amx;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.RoutineArgument;

/// What a routine of [BlockCode] is told, in this order: 64-bit numbers, some of which move on.
enum BlockArgument implements RoutineArgument {
    /// The left factor's first row.
    LEFT(0),
    /// If it is in several planes, bytes from one to the next.
    PLANE_STEP(1),
    /// Bytes from a row of a tile to the next.
    STRIDE(2),
    /// For each tile, bytes from `LEFT` to its first row.
    STARTS(3),
    /// For each step of depth, bytes from a tile's start to where it lies.
    STEPS(4),
    STEP_COUNT(5),
    PANEL(6),
    /// Bytes from a panel to the next.
    PANEL_BYTES(7),
    /// How many panels follow each other, at least 1.
    PANELS(8),
    /// The panel that is multiplied after the last one.
    NEXT(9),
    /// Memory for the sums of a block.
    BUFFER(10),
    /// The result's memory, shifted to the first panel's first column; moves on with the panels, as operands do.
    OUTPUT(11),
    /// For each row of each tile an unsigned 32-bit number: elements from `OUTPUT`, or [SumsOut#NOWHERE]. Behind
    /// the last tile there is another one of dropped rows.
    OUTPUT_PLACES(12),
    /// The sums of a panel's columns, negated, and by which number they are multiplied, 32 bits with sign.
    CORRECTIONS(13),
    ZERO_POINT(14),
    /// Where sums of block after block are between two sections of depth.
    SECTION_SUMS(15),
    /// Bytes of what is asked for: of a panel, what the section which comes next multiplies; or of rows.
    ASKED_BYTES(16),
    /// With [BlockCode.Shape#splits], where the second block of rows is split from, bytes from a row to the next there,
    /// and
    /// how many rows there are from there on.
    SOURCE(17),
    SOURCE_STRIDE(18),
    SOURCE_ROWS(19),
    /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
    OPERANDS(20);

    private final int place;

    BlockArgument(int place) {
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
