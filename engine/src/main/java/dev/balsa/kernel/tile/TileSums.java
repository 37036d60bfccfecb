package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;

/// The sums of a tile while its code is written: in which registers they are, how they begin, and how those that
/// were made apart from each other come together. Sums are in the first registers, several for each if they take
/// turns along the depth.
final class TileSums {
    /// Most registers that take turns for a sum.
    private static final int MOST_TURNS = 4;
    /// The narrowest of several panels.
    private static final int LEAST_VECTORS = 2;
    /// Multiply-adds under way at a time: two a cycle, of four cycles each.
    static final int UNDER_WAY = 8;
    /// Dot products of integers likewise: two a cycle, of five cycles each.
    private static final int DOTS_UNDER_WAY = 10;

    private final Assembler a;
    private final VectorUnit unit;
    private final Lanes lanes;
    private final boolean areIntegers;
    private final int rows;
    private final int vectors;
    private final int turns;
    private final boolean splits;

    /// Does something for a sum.
    interface Action {
        void at(int row, int vector);
    }

    TileSums(Assembler assembler, VectorUnit unit, TileForm form, int rows, int vectors) {
        this.a = assembler;
        this.unit = unit;
        this.lanes = new Lanes(assembler, unit);
        this.areIntegers = form.integers().isPresent();
        this.rows = rows;
        this.vectors = vectors;
        this.splits = form.splits();
        this.turns = form.accumulates() ? areIntegers ? turns(rows * vectors) : turns(unit, rows, vectors) : 1;
    }

    /// For sums of integers that are added to by dot products; others take one cycle.
    private static int turns(int sums) {
        int turns = 1;
        while (turns < MOST_TURNS && sums * turns < DOTS_UNDER_WAY) {
            turns *= 2;
        }
        return turns;
    }

    /// Where there are registers for it, equal columns of panels of several widths become equal sums, bit for bit:
    /// networks of equal weights have scores that differ by nothing but the order of sums.
    private static int turns(VectorUnit unit, int rows, int vectors) {
        int held = rows > 1 ? vectors + 1 : 2;
        int least = unit.hasMasks() ? Math.min(vectors, LEAST_VECTORS) : vectors;
        int turns = 1;
        while (turns < MOST_TURNS
                && rows * least * turns < UNDER_WAY
                && 2 * turns * rows * vectors + held <= unit.registers()) {
            turns *= 2;
        }
        return turns;
    }

    /// How many registers take turns for each sum.
    int turns() {
        return turns;
    }

    /// How many registers hold sums.
    int registers() {
        return turns * rows * vectors;
    }

    /// The register of a sum once [#gather] has been written.
    Vec at(int row, int vector) {
        return at(0, row, vector);
    }

    /// The register of a sum whose turn it is.
    Vec at(int turn, int row, int vector) {
        return unit.register((turn * rows + row) * vectors + vector);
    }

    void forEach(Action action) {
        for (int row = 0; row < rows; row++) {
            for (int vector = 0; vector < vectors; vector++) {
                action.at(row, vector);
            }
        }
    }

    /// All sums are zero.
    void begin() {
        for (int turn = 0; turn < turns; turn++) {
            zero(turn);
        }
    }

    private void zero(int turn) {
        forEach((row, vector) -> lanes.zero(at(turn, row, vector)));
    }

    /// Adds up the registers that took turns.
    void gather() {
        for (int distance = turns / 2; distance > 0; distance /= 2) {
            for (int turn = 0; turn < distance; turn++) {
                int one = turn;
                int other = turn + distance;
                forEach((row, vector) -> add(at(one, row, vector), at(other, row, vector)));
            }
        }
    }

    /// Whether sums that are added to what was put aside go there in the first steps of what comes next.
    boolean putsAsideOnTheWay() {
        return splits && turns == 1;
    }

    /// Adds what was put aside to the sums of a row, and puts them aside.
    void putAside(int row) {
        for (int vector = 0; vector < vectors; vector++) {
            add(at(row, vector), onStack(row, vector));
            lanes.store(onStack(row, vector), at(row, vector));
        }
    }

    /// Does so with all, and begins them anew.
    void putAside() {
        for (int row = 0; row < rows; row++) {
            putAside(row);
        }
        zero(0);
    }

    /// Puts sums aside behind a segment whose entry of a [SegmentTable], which ends at rbx, says so; uses r15.
    ///
    /// @param aside where it goes on if they are to be added to what was put aside before, which is
    ///     still to be done then ([#putsAsideOnTheWay])
    void split(Label aside) {
        var goOn = new Label("go on");
        var first = new Label("first aside");
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RBX, -Long.BYTES));
        a.emit(CMP, Gpr.R15, Imm.of(0));
        a.emit(JE, goOn);
        gather();
        for (int turn = 1; turn < turns; turn++) {
            zero(turn);
        }
        a.emit(CMP, Gpr.R15, Imm.of(SegmentTable.PUTS_ASIDE));
        a.emit(JE, first);
        if (putsAsideOnTheWay()) {
            a.emit(CMP, Gpr.R15, Imm.of(SegmentTable.PUTS_ASIDE | SegmentTable.ADDS));
            a.emit(JE, aside);
        }
        forEach((row, vector) -> add(at(row, vector), onStack(row, vector)));
        a.emit(CMP, Gpr.R15, Imm.of(SegmentTable.ADDS));
        a.emit(JE, goOn);
        a.bind(first);
        forEach((row, vector) -> lanes.store(onStack(row, vector), at(row, vector)));
        zero(0);
        a.bind(goOn);
    }

    /// Adds the sums of earlier blocks of depth. Not to begin with them keeps rounding errors those of short sums.
    /// Uses rax.
    void addEarlier() {
        var first = new Label("first");
        a.emit(CMP, Mem.at(Gpr.RDI, TileArgument.IS_FIRST.at()).sized(Long.SIZE), Imm.of(0));
        a.emit(JNE, first);
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, TileArgument.PARTIAL.at()));
        forEach((row, vector) -> add(at(row, vector), partial(row, vector)));
        a.bind(first);
    }

    /// Leaves the sums to later blocks of depth. Uses rax.
    void leave() {
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, TileArgument.PARTIAL.at()));
        forEach((row, vector) -> lanes.store(partial(row, vector), at(row, vector)));
    }

    private void add(Vec sum, Operand more) {
        if (areIntegers) {
            lanes.addIntegers(sum, sum, more);
        } else {
            lanes.add(sum, sum, more);
        }
    }

    private Mem partial(int row, int vector) {
        return Mem.at(Gpr.RAX, (row * vectors + vector) * unit.bytes());
    }

    /// Where a sum waits on the stack.
    Mem onStack(int row, int vector) {
        return Mem.at(Gpr.RSP, (row * vectors + vector) * unit.bytes());
    }
}
