package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT0;
import static dev.balsa.asm.GeneralInstruction.PREFETCHW;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;

/// Writes the code of a tile: some rows of the result by some vectors of columns, held in registers while the
/// product runs along the depth, then passed through the epilogue and stored.
///
/// The routine makes tiles for the rows from rsi to rdx, whose number is a multiple of the tile's. rdi points to
/// the [Argument]s, 64-bit numbers. Per step of depth it loads the panel's vectors once and, for every row, one
/// float into all lanes: 6 rows of 2 vectors make 12 fused multiply-adds of 8 loads, which keeps two multipliers
/// busy behind two or three load ports, and takes all of 16 registers.
final class TileCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The left factor's memory; rows lie at the places in `ROW_PLACES`.
        LEFT(0),
        /// For each row an unsigned 32-bit number: elements from `LEFT`.
        ROW_PLACES(1),
        /// The panel's first row for this block of depth.
        PANEL(2),
        /// Pairs of numbers: bytes from the row's place, and elements.
        SEGMENTS(3),
        SEGMENT_COUNT(4),
        /// Sums of earlier blocks of depth, tile after tile, for the rows from rsi on.
        PARTIAL(5),
        /// Whether sums begin at zero (1) or with `PARTIAL` (0).
        IS_FIRST(6),
        /// Whether sums go to the result (1) or to `PARTIAL` (0).
        IS_LAST(7),
        /// The result's memory, shifted to the panel's first column; rows lie at the places in `OUTPUT_PLACES`.
        OUTPUT(8),
        OUTPUT_PLACES(9),
        /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
        OPERANDS(10);

        private final int place;

        Argument(int place) {
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

    private static final int MOST_ROWS = 6;
    private static final int ROWS_OF_THREE = 4;
    private static final int SHORT_REGISTERS = 16;
    private static final int UNROLL = 4;
    private static final int PLACE_BYTES = 4;
    private static final int LINE = 64;

    private static final List<Gpr> ROWS = List.of(Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13);

    private final VectorUnit unit;
    private final int rows;
    private final int vectors;
    private final int lastLanes;
    private final List<Stage> stages;
    private final Assembler a;
    private final Lanes lanes;

    private TileCode(Assembler assembler, VectorUnit unit, int rows, int vectors, int lastLanes, List<Stage> stages) {
        this.unit = unit;
        this.rows = rows;
        this.vectors = vectors;
        this.lastLanes = lastLanes;
        this.stages = stages;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
    }

    /// The most vectors of columns that a tile can have.
    static int mostVectors(VectorUnit unit) {
        return unit.registers() == SHORT_REGISTERS ? 3 : 4;
    }

    /// The most rows of a tile so wide.
    static int mostRows(VectorUnit unit, int vectors) {
        return unit.registers() == SHORT_REGISTERS && vectors == 3 ? ROWS_OF_THREE : MOST_ROWS;
    }

    /// The routine's code.
    ///
    /// @param rows of a tile, 1 to [#mostRows]
    /// @param vectors of columns, 1 to [#mostVectors]
    /// @param lastLanes how many lanes of the last vector are columns of the result, 1 to all
    static byte[] write(VectorUnit unit, int rows, int vectors, int lastLanes, List<Stage> stages) {
        int stackBytes = rows * vectors * unit.bytes();
        return Routine.of(
                stackBytes, assembler -> new TileCode(assembler, unit, rows, vectors, lastLanes, stages).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, int rows, int vectors, int lastLanes, List<Stage> stages) {
        var whole = lastLanes == unit.lanes() ? "" : "_" + lastLanes + "lanes";
        return unit.isa().label() + "_tile_f32_" + rows + "x" + vectors + "v" + whole + " " + stages;
    }

    private Vec sum(int row, int vector) {
        return unit.register(row * vectors + vector);
    }

    private Vec spare(int index) {
        return unit.register(rows * vectors + index);
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    private void write() {
        if (lastLanes < unit.lanes()) {
            lanes.chooseFirst(lastLanes);
        }
        var tile = new Label("tile");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        a.bind(tile);
        findRows();
        prefetch();
        begin();
        run();
        finish();
        a.emit(ADD, Gpr.RSI, Imm.of(rows));
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, tile);
        a.bind(end);
    }

    private void findRows() {
        a.emit(MOV, Gpr.RAX, argument(Argument.ROW_PLACES));
        a.emit(MOV, Gpr.RCX, argument(Argument.LEFT));
        for (int row = 0; row < rows; row++) {
            var register = ROWS.get(row);
            a.emit(MOV, register.low32(), Mem.at(Gpr.RAX, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
            a.emit(LEA, register, Mem.at(Gpr.RCX, register, Float.BYTES, 0));
        }
    }

    /// Asks for the lines that the epilogue reads and writes, while there is a product to be computed: they lie a
    /// row apart, which no prefetcher of the processor follows.
    private void prefetch() {
        var skip = new Label("no epilogue yet");
        a.emit(CMP, argument(Argument.IS_LAST).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, skip);
        a.emit(MOV, Gpr.RAX, argument(Argument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.RCX, argument(Argument.OUTPUT));
        for (int row = 0; row < rows; row++) {
            a.emit(MOV, Gpr.RBX.low32(), Mem.at(Gpr.RAX, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
            for (int line = 0; line < vectors * unit.bytes(); line += LINE) {
                a.emit(PREFETCHW, Mem.at(Gpr.RCX, Gpr.RBX, Float.BYTES, line));
            }
        }
        var operands = StageCode.operands(stages);
        for (var stage : stages) {
            if (stage instanceof Stage.Binary binary && binary.spread() == Spread.FULL) {
                a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RDI, Argument.operand(operands.indexOf(binary.operand()))));
                for (int row = 0; row < rows; row++) {
                    a.emit(MOV, Gpr.RBX.low32(), Mem.at(Gpr.RAX, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
                    for (int line = 0; line < vectors * unit.bytes(); line += LINE) {
                        a.emit(PREFETCHT0, Mem.at(Gpr.RCX, Gpr.RBX, Float.BYTES, line));
                    }
                }
            }
        }
        a.bind(skip);
    }

    private Mem partial(int row, int vector) {
        return Mem.at(Gpr.RAX, (row * vectors + vector) * unit.bytes());
    }

    private void begin() {
        var continued = new Label("continued");
        var begun = new Label("begun");
        a.emit(CMP, argument(Argument.IS_FIRST).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, continued);
        forEachSum((row, vector) -> lanes.zero(sum(row, vector)));
        a.emit(JMP, begun);
        a.bind(continued);
        a.emit(MOV, Gpr.RAX, argument(Argument.PARTIAL));
        forEachSum((row, vector) -> lanes.load(sum(row, vector), partial(row, vector)));
        a.bind(begun);
    }

    private interface Action {
        void at(int row, int vector);
    }

    private void forEachSum(Action action) {
        for (int row = 0; row < rows; row++) {
            for (int vector = 0; vector < vectors; vector++) {
                action.at(row, vector);
            }
        }
    }

    /// rax walks along the panel, rcx along the rows, rbx along the segments, of which r14 are left; r15 counts
    /// steps.
    private void run() {
        var segment = new Label("segment");
        var several = new Label("several");
        var rest = new Label("rest");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(MOV, Gpr.RAX, argument(Argument.PANEL));
        a.emit(MOV, Gpr.RBX, argument(Argument.SEGMENTS));
        a.emit(MOV, Gpr.R14, argument(Argument.SEGMENT_COUNT));
        a.bind(segment);
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RBX, 0));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RBX, Long.BYTES));
        a.emit(ADD, Gpr.RBX, Imm.of(2L * Long.BYTES));
        a.emit(SUB, Gpr.R15, Imm.of(UNROLL));
        a.emit(JB, rest);
        a.align(32);
        a.bind(several);
        for (int step = 0; step < UNROLL; step++) {
            step(step);
        }
        a.emit(ADD, Gpr.RCX, Imm.of((long) UNROLL * Float.BYTES));
        a.emit(ADD, Gpr.RAX, Imm.of((long) UNROLL * vectors * unit.bytes()));
        a.emit(SUB, Gpr.R15, Imm.of(UNROLL));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.R15, Imm.of(UNROLL));
        a.emit(JE, done);
        a.bind(single);
        step(0);
        a.emit(ADD, Gpr.RCX, Imm.of(Float.BYTES));
        a.emit(ADD, Gpr.RAX, Imm.of((long) vectors * unit.bytes()));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, single);
        a.bind(done);
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, segment);
    }

    private void step(int index) {
        for (int vector = 0; vector < vectors; vector++) {
            lanes.load(spare(vector), Mem.at(Gpr.RAX, (index * vectors + vector) * unit.bytes()));
        }
        int turns = Math.min(2, unit.registers() - (rows + 1) * vectors);
        for (int row = 0; row < rows; row++) {
            var left = spare(vectors + row % turns);
            lanes.broadcast(left, Mem.at(ROWS.get(row), Gpr.RCX, 1, index * Float.BYTES));
            for (int vector = 0; vector < vectors; vector++) {
                lanes.accumulate(sum(row, vector), left, spare(vector));
            }
        }
    }

    private void finish() {
        var store = new Label("store");
        var finished = new Label("finished");
        a.emit(CMP, argument(Argument.IS_LAST).sized(Long.SIZE), Imm.of(0));
        a.emit(JNE, store);
        a.emit(MOV, Gpr.RAX, argument(Argument.PARTIAL));
        forEachSum((row, vector) -> lanes.store(partial(row, vector), sum(row, vector)));
        a.emit(JMP, finished);
        a.bind(store);
        a.emit(MOV, Gpr.R8, argument(Argument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.R9, argument(Argument.OUTPUT));
        for (int i = 0; i < StageCode.operands(stages).size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        if (StageCode.temporaries(stages) > unit.registers() - rows * vectors) {
            throughStack();
        } else {
            fromRegisters();
        }
        a.bind(finished);
        a.emit(ADD, argument(Argument.PARTIAL).sized(Long.SIZE), Imm.of((long) rows * vectors * unit.bytes()));
    }

    private void fromRegisters() {
        var free = new ArrayList<Vec>();
        for (int i = rows * vectors; i < unit.registers(); i++) {
            free.add(unit.register(i));
        }
        for (int row = 0; row < rows; row++) {
            findOutput(row);
            for (int vector = 0; vector < vectors; vector++) {
                store(vector, sum(row, vector), free);
            }
        }
    }

    /// Functions that need many registers get all: the sums wait on the stack.
    private void throughStack() {
        forEachSum((row, vector) -> lanes.store(onStack(row, vector), sum(row, vector)));
        var free = new ArrayList<Vec>();
        for (int i = 1; i < unit.registers(); i++) {
            free.add(unit.register(i));
        }
        for (int row = 0; row < rows; row++) {
            findOutput(row);
            for (int vector = 0; vector < vectors; vector++) {
                lanes.load(unit.register(0), onStack(row, vector));
                store(vector, unit.register(0), free);
            }
        }
    }

    private Mem onStack(int row, int vector) {
        return Mem.at(Gpr.RSP, (row * vectors + vector) * unit.bytes());
    }

    /// rcx = elements from the result's memory to the row, rbx = the row.
    private void findOutput(int row) {
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
        a.emit(LEA, Gpr.RBX, Mem.at(Gpr.R9, Gpr.RCX, Float.BYTES, 0));
    }

    private void store(int vector, Vec x, List<Vec> free) {
        int count = vector == vectors - 1 ? lastLanes : unit.lanes();
        int at = vector * unit.bytes();
        StageCode.write(
                lanes, stages, x, free, new OperandPlaces(stages, Gpr.RCX, Float.BYTES, at, Gpr.NONE, at, count));
        var place = Mem.at(Gpr.RBX, vector * unit.bytes());
        if (count == unit.lanes()) {
            lanes.store(place, x);
        } else {
            lanes.storeFirst(place, x, count, free.getFirst());
        }
    }
}
