package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Writes the code of a tile: some rows of the result by some vectors of columns, held in registers while the
/// product runs along the depth, then passed through the epilogue and stored.
///
/// The routine makes tiles for the rows from rsi to rdx, whose number is a multiple of the tile's. rdi points to
/// the [TileArgument]s, 64-bit numbers. Per step of depth it loads the panel's vectors once and, for every row, one
/// float into all lanes: 6 rows of 2 vectors make 12 fused multiply-adds of 8 loads, which keeps two multipliers
/// busy behind two or three load ports, and takes all of 16 registers. A tile with fewer sums than multiply-adds
/// are under way at a time has several registers for each, which take turns along the depth and are added at the
/// end.
final class TileCode {
    /// Steps of a round, which take few instructions besides their own: threads that share a core share what it
    /// decodes, and the multipliers wait for that before they wait for memory.
    private static final int ROUND = 16;
    /// Steps that are done at a time where less than a round is left.
    private static final int FEW = 4;
    private static final int PLACE_BYTES = 4;

    /// Where the rows of the left factor begin.
    static final List<Gpr> ROWS = List.of(Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13);

    private final VectorUnit unit;
    private final TileForm form;
    private final int rows;
    private final int vectors;
    private final int lastLanes;
    private final List<Stage> stages;
    private final TileSums sums;
    private final Optional<SumCode> sumCode;
    private final Assembler a;
    private final Lanes lanes;
    private final TileAhead ahead;

    private TileCode(
            Assembler assembler,
            VectorUnit unit,
            TileForm form,
            int rows,
            int vectors,
            int lastLanes,
            List<Stage> stages) {
        this.unit = unit;
        this.form = form;
        this.rows = rows;
        this.vectors = vectors;
        this.lastLanes = lastLanes;
        this.stages = stages;
        this.sums = new TileSums(assembler, unit, form, rows, vectors);
        this.sumCode = form.integers().map(result -> new SumCode(result, stages, false));
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.ahead = new TileAhead(assembler, unit, form, rows, vectors, stages);
    }

    /// The routine's code.
    ///
    /// @param rows of a tile, 1 to [TileForm#mostRows]
    /// @param vectors of columns, 1 to 8
    /// @param lastLanes how many lanes of the last vector are columns of the result, 1 to all
    static byte[] write(VectorUnit unit, TileForm form, int rows, int vectors, int lastLanes, List<Stage> stages) {
        int stackBytes = rows * vectors * unit.bytes();
        return Routine.of(
                stackBytes, assembler -> new TileCode(assembler, unit, form, rows, vectors, lastLanes, stages).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, TileForm form, int rows, int vectors, int lastLanes, List<Stage> stages) {
        var whole = lastLanes == unit.lanes() ? "" : "_" + lastLanes + "lanes";
        var isa = form.quads().filter(quads -> quads == QuadArithmetic.DOTS).map(QuadArithmetic::isa);
        var type = form.quads().isPresent() ? "_tile_u8_" : form.integers().isPresent() ? "_tile_s16_" : "_tile_f32_";
        return isa.orElse(unit.isa()).label() + type + rows + "x" + vectors + "v" + whole + form.label() + " " + stages;
    }

    /// How many rounds of steps there are along neighbouring elements.
    ///
    /// @param isAside whether sums before them were put aside, so that some steps come before the rounds
    static int rounds(int elements, boolean isAside) {
        return (isAside ? Math.max(0, elements - FEW) : elements) / ROUND;
    }

    private Vec spare(int index) {
        return unit.register(sums.registers() + index);
    }

    static Mem argument(TileArgument argument) {
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
        a.emit(MOV, argument(TileArgument.END), Gpr.RDX);
        a.bind(tile);
        if (form.goesOverPanels()) {
            overPanels();
        } else {
            tile();
        }
        a.emit(ADD, Gpr.RSI, Imm.of(rows));
        a.emit(CMP, Gpr.RSI, argument(TileArgument.END));
        a.emit(JB, tile);
        a.bind(end);
    }

    private void tile() {
        findRows();
        ahead.beginNextBlock();
        ahead.askResults();
        if (form.quads().isPresent()) {
            new QuadSteps(form.quads().get(), lanes, sums, rows, vectors).write();
        } else {
            sums.begin();
            run();
            ahead.leaveNextBlock();
        }
        finish();
    }

    private int panelColumns() {
        return vectors * unit.lanes();
    }

    /// Arguments move along with the panels, and back at the end.
    private void overPanels() {
        var panel = new Label("panel");
        a.emit(MOV, Gpr.RAX, argument(TileArgument.PANELS));
        a.emit(MOV, argument(TileArgument.PANELS_LEFT), Gpr.RAX);
        if (ahead.asksNextRows()) {
            findRows();
            ahead.findNextRows();
        }
        a.bind(panel);
        tile();
        a.emit(MOV, Gpr.RAX, argument(TileArgument.PANEL_BYTES));
        a.emit(ADD, argument(TileArgument.PANEL), Gpr.RAX);
        if (form.quads().isPresent()) {
            a.emit(MOV, Gpr.RAX, argument(TileArgument.STEP_BYTES));
            a.emit(ADD, argument(TileArgument.STEPS), Gpr.RAX);
        }
        a.emit(ADD, argument(TileArgument.OUTPUT).sized(Long.SIZE), Imm.of((long) panelColumns() * form.resultBytes()));
        for (int moving : moving()) {
            a.emit(ADD, Mem.at(Gpr.RDI, moving).sized(Long.SIZE), Imm.of((long) vectors * unit.bytes()));
        }
        a.emit(DEC, argument(TileArgument.PANELS_LEFT).sized(Long.SIZE));
        a.emit(JNE, panel);
        a.emit(MOV, Gpr.RCX, argument(TileArgument.PANELS));
        if (form.quads().isPresent()) {
            a.emit(MOV, Gpr.RAX, argument(TileArgument.STEP_BYTES));
            a.emit(IMUL, Gpr.RAX, Gpr.RCX);
            a.emit(SUB, argument(TileArgument.STEPS), Gpr.RAX);
            a.emit(MOV, Gpr.RAX, argument(TileArgument.PANEL_BYTES));
        }
        a.emit(IMUL, Gpr.RAX, Gpr.RCX);
        a.emit(SUB, argument(TileArgument.PANEL), Gpr.RAX);
        a.emit(IMUL, Gpr.RAX, Gpr.RCX, Imm.of((long) panelColumns() * form.resultBytes()));
        a.emit(SUB, argument(TileArgument.OUTPUT), Gpr.RAX);
        a.emit(IMUL, Gpr.RCX, Gpr.RCX, Imm.of((long) vectors * unit.bytes()));
        for (int moving : moving()) {
            a.emit(SUB, Mem.at(Gpr.RDI, moving), Gpr.RCX);
        }
    }

    /// Where the addresses of operands stand that are a panel's width further for the next panel.
    private List<Integer> moving() {
        var moving = new ArrayList<Integer>();
        var operands = StageCode.operands(stages);
        for (int i = 0; i < operands.size(); i++) {
            int operand = operands.get(i);
            boolean isOne = stages.stream()
                    .anyMatch(stage -> stage instanceof Stage.Binary binary
                            && binary.operand() == operand
                            && binary.spread() == Spread.SCALAR);
            if (!isOne) {
                moving.add(TileArgument.operand(i));
            }
        }
        return moving;
    }

    private void findRows() {
        a.emit(MOV, Gpr.RAX, argument(TileArgument.ROW_PLACES));
        a.emit(MOV, Gpr.RCX, argument(TileArgument.LEFT));
        for (int row = 0; row < rows; row++) {
            var register = ROWS.get(row);
            a.emit(MOV, register.low32(), Mem.at(Gpr.RAX, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
            a.emit(LEA, register, Mem.at(Gpr.RCX, register, Float.BYTES, 0));
        }
    }

    /// rax walks along the panel, rcx along the rows, rbx along the segments, of which r14 are left; r15 counts
    /// steps. With strided factors there is one segment, and r14 and rbx hold the distances.
    private void run() {
        var segment = new Label("segment");
        var round = new Label("round");
        var rest = new Label("rest");
        var few = new Label("few");
        var last = new Label("last");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(MOV, Gpr.RAX, argument(TileArgument.PANEL));
        a.emit(MOV, Gpr.RBX, argument(TileArgument.SEGMENTS));
        if (!form.isStrided()) {
            a.emit(MOV, Gpr.R14, argument(TileArgument.SEGMENT_COUNT));
        }
        a.bind(segment);
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RBX, 0));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RBX, Long.BYTES));
        if (form.isStrided()) {
            a.emit(MOV, Gpr.R14, argument(TileArgument.PANEL_ROW));
            a.emit(MOV, Gpr.RBX, argument(TileArgument.LEFT_STEP));
        } else {
            a.emit(ADD, Gpr.RBX, Imm.of((form.splits() ? 3L : 2L) * Long.BYTES));
        }
        a.emit(SUB, Gpr.R15, Imm.of(ROUND));
        a.emit(JB, rest);
        a.align(32);
        a.bind(round);
        int lines = ahead.linesOfRound();
        int line = 0;
        for (int step = 0; step < ROUND; step++) {
            while (line * ROUND < (step + 1) * lines) {
                ahead.askLine(line);
                line++;
            }
            step(step);
            ahead.askPanel(step);
        }
        ahead.goOn();
        advance(ROUND);
        a.emit(SUB, Gpr.R15, Imm.of(ROUND));
        a.emit(JAE, round);
        a.bind(rest);
        a.emit(ADD, Gpr.R15, Imm.of(ROUND));
        a.emit(JE, done);
        a.emit(SUB, Gpr.R15, Imm.of(FEW));
        a.emit(JB, last);
        a.bind(few);
        for (int step = 0; step < FEW; step++) {
            step(step);
        }
        advance(FEW);
        a.emit(SUB, Gpr.R15, Imm.of(FEW));
        a.emit(JAE, few);
        a.bind(last);
        a.emit(ADD, Gpr.R15, Imm.of(FEW));
        a.emit(JE, done);
        a.bind(single);
        step(0);
        advance(1);
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, single);
        a.bind(done);
        var gather = new Label("gather");
        var aside = new Label("segment behind sums put aside");
        if (form.splits()) {
            sums.split(aside);
        }
        if (!form.isStrided()) {
            a.emit(DEC, Gpr.R14);
            a.emit(JNE, segment);
        }
        if (sums.putsAsideOnTheWay()) {
            a.emit(JMP, gather);
            a.bind(aside);
            runFromAside(round, rest);
            a.bind(gather);
        }
        sums.gather();
        sums.addEarlier();
    }

    /// Begins a segment with steps that put each row's sums aside before they begin them anew: all at once, stores
    /// would hold up the multipliers.
    private void runFromAside(Label round, Label rest) {
        var begin = new Label("begin anew");
        a.emit(DEC, Gpr.R14);
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RBX, 0));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RBX, Long.BYTES));
        a.emit(ADD, Gpr.RBX, Imm.of(3L * Long.BYTES));
        a.emit(SUB, Gpr.R15, Imm.of(FEW));
        a.emit(JAE, begin);
        sums.putAside();
        a.emit(SUB, Gpr.R15, Imm.of(ROUND - FEW));
        a.emit(JMP, rest);
        a.bind(begin);
        for (int step = 0; step < FEW; step++) {
            step(step, step == 0);
        }
        advance(FEW);
        a.emit(SUB, Gpr.R15, Imm.of(ROUND));
        a.emit(JAE, round);
        a.emit(JMP, rest);
    }

    /// Goes on by so many steps where they are a fixed distance apart.
    private void advance(int steps) {
        if (!form.stridedLeft()) {
            a.emit(ADD, Gpr.RCX, Imm.of((long) steps * Float.BYTES));
        }
        if (!form.stridedPanel()) {
            a.emit(ADD, Gpr.RAX, Imm.of((long) steps * vectors * vectorBytes()));
        }
    }

    private int vectorBytes() {
        return form.weights().vectorBytes(unit);
    }

    private void step(int index) {
        step(index, false);
    }

    /// @param isFirst whether sums are put aside, and begin with this step's products
    private void step(int index, boolean isFirst) {
        int turn = index % sums.turns();
        if (rows > 1) {
            for (int vector = 0; vector < vectors; vector++) {
                loadPanel(spare(vector), index, vector);
            }
        }
        int held = rows > 1 ? vectors : 0;
        int passing = form.integers().isPresent() ? 1 : 0;
        int free = Math.min(2, unit.registers() - sums.registers() - held - passing);
        for (int row = 0; row < rows; row++) {
            var left = spare(held + row % free);
            lanes.broadcast(left, Mem.at(ROWS.get(row), Gpr.RCX, 1, form.stridedLeft() ? 0 : index * Float.BYTES));
            if (isFirst) {
                sums.putAside(row);
            }
            for (int vector = 0; vector < vectors; vector++) {
                if (isFirst) {
                    lanes.multiply(sums.at(turn, row, vector), left, factor(index, vector));
                } else {
                    accumulate(sums.at(turn, row, vector), left, factor(index, vector));
                }
            }
        }
        if (form.stridedLeft()) {
            a.emit(ADD, Gpr.RCX, Gpr.RBX);
        }
        if (form.stridedPanel()) {
            a.emit(ADD, Gpr.RAX, Gpr.R14);
        }
    }

    private void accumulate(Vec sum, Vec left, Operand right) {
        if (form.integers().isPresent()) {
            var products = unit.register(unit.registers() - 1);
            a.emit(IntegerVectorInstruction.VPMADDWD, products, left, right);
            lanes.addIntegers(sum, sum, products);
        } else {
            lanes.accumulate(sum, left, right);
        }
    }

    /// A vector of the panel for the only row: in memory, if it may be read as a whole.
    private Operand factor(int index, int vector) {
        if (rows > 1) {
            return spare(vector);
        }
        if (isPartial(vector) || form.weights() != PanelWeights.FLOATS) {
            loadPanel(spare(1), index, vector);
            return spare(1);
        }
        return panel(index, vector);
    }

    private boolean isPartial(int vector) {
        return form.stridedPanel() && vector == vectors - 1 && lastLanes < unit.lanes();
    }

    private Mem panel(int index, int vector) {
        return Mem.at(Gpr.RAX, ((form.stridedPanel() ? 0 : index * vectors) + vector) * vectorBytes());
    }

    private void loadPanel(Vec d, int index, int vector) {
        if (isPartial(vector)) {
            lanes.loadFirst(d, panel(index, vector), lastLanes);
        } else {
            form.weights().load(lanes, d, panel(index, vector));
        }
    }

    private void finish() {
        var store = new Label("store");
        var finished = new Label("finished");
        a.emit(CMP, argument(TileArgument.IS_LAST).sized(Long.SIZE), Imm.of(0));
        a.emit(JNE, store);
        sums.leave();
        a.emit(JMP, finished);
        a.bind(store);
        a.emit(MOV, Gpr.R8, argument(TileArgument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.R9, argument(TileArgument.OUTPUT));
        for (int i = 0; i < StageCode.operands(stages).size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, TileArgument.operand(i)));
        }
        if (temporaries() > unit.registers() - rows * vectors) {
            throughStack();
        } else {
            fromRegisters();
        }
        a.bind(finished);
        a.emit(ADD, argument(TileArgument.PARTIAL).sized(Long.SIZE), Imm.of((long) rows * vectors * unit.bytes()));
    }

    private int temporaries() {
        return sumCode.map(SumCode::temporaries).orElseGet(() -> StageCode.temporaries(stages));
    }

    private void fromRegisters() {
        var free = registers(rows * vectors, unit.registers());
        for (int row = 0; row < rows; row++) {
            findOutput(row);
            if (sumCode.isEmpty()) {
                byTurns(row, free);
                continue;
            }
            for (int vector = 0; vector < vectors; vector++) {
                if (isPair(vector)) {
                    storePair(row, vector, free);
                    vector++;
                } else {
                    store(vector, sums.at(row, vector), free);
                }
            }
        }
    }

    private void byTurns(int row, List<Vec> free) {
        var parts = IntStream.range(0, vectors)
                .<StageCode.Part>mapToObj(vector -> registers -> store(vector, sums.at(row, vector), registers))
                .toList();
        StageCode.writeByTurns(lanes, stages, 0, parts, free);
    }

    private boolean isPair(int vector) {
        boolean isWhole = vector + 2 < vectors || vector + 2 == vectors && lastLanes == unit.lanes();
        return isWhole && sumCode.filter(SumCode::storesPairs).isPresent();
    }

    private void storePair(int row, int vector, List<Vec> free) {
        var code = sumCode.orElseThrow();
        for (int each = vector; each < vector + 2; each++) {
            code.write(lanes, sums.at(row, each), free, operands(each, unit.lanes()));
        }
        code.storePair(lanes, result(vector), sums.at(row, vector), sums.at(row, vector + 1), free.getFirst());
    }

    private OperandPlaces operands(int vector, int count) {
        int at = vector * unit.bytes();
        return new OperandPlaces(stages, Gpr.RCX, Float.BYTES, at, Gpr.NONE, at, count);
    }

    /// Functions that need many registers get all, or some of them for each of several vectors: the sums wait on the
    /// stack.
    private void throughStack() {
        sums.forEach((row, vector) -> lanes.store(sums.onStack(row, vector), sums.at(row, vector)));
        for (int row = 0; row < rows; row++) {
            findOutput(row);
            if (sumCode.isEmpty()) {
                byTurnsFromStack(row);
                continue;
            }
            for (int vector = 0; vector < vectors; vector++) {
                if (vector + 1 < vectors && fitTwice()) {
                    fromStack(row, vector, vector + 1);
                    vector++;
                } else {
                    storeFromStack(row, vector, registers(0, unit.registers()));
                }
            }
        }
    }

    private void byTurnsFromStack(int row) {
        var parts = IntStream.range(0, vectors)
                .<StageCode.Part>mapToObj(vector -> free -> storeFromStack(row, vector, free))
                .toList();
        StageCode.writeByTurns(lanes, stages, 1, parts, registers(0, unit.registers()));
    }

    private void storeFromStack(int row, int vector, List<Vec> free) {
        lanes.load(free.getFirst(), sums.onStack(row, vector));
        store(vector, free.getFirst(), free.subList(1, free.size()));
    }

    /// Whether what is done to two vectors at a time fits in the registers, and needs no mask register, of which
    /// both would use the same.
    private boolean fitTwice() {
        return !unit.hasMasks() && 2 * (1 + temporaries()) <= unit.registers() && StageCode.isStraight(stages);
    }

    private void fromStack(int row, int one, int other) {
        int half = unit.registers() / 2;
        a.interleave(List.of(() -> finish(row, one, 0), () -> finish(row, other, half)));
        var x = unit.register(0);
        var y = unit.register(half);
        var free = unit.register(1);
        if (isPair(one)) {
            sumCode.orElseThrow().storePair(lanes, result(one), x, y, free);
        } else {
            put(one, x, free);
            put(other, y, free);
        }
    }

    private void finish(int row, int vector, int register) {
        var x = unit.register(register);
        lanes.load(x, sums.onStack(row, vector));
        finish(vector, x, registers(register + 1, register + unit.registers() / 2));
    }

    private List<Vec> registers(int first, int end) {
        return unit.registers(first, end);
    }

    /// rcx = elements from the result's memory to the row, rbx = the row.
    private void findOutput(int row) {
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, Gpr.RSI, PLACE_BYTES, row * PLACE_BYTES));
        a.emit(LEA, Gpr.RBX, Mem.at(Gpr.R9, Gpr.RCX, form.resultBytes(), 0));
    }

    private void store(int vector, Vec x, List<Vec> free) {
        finish(vector, x, free);
        put(vector, x, free.getFirst());
    }

    private int count(int vector) {
        return vector == vectors - 1 ? lastLanes : unit.lanes();
    }

    private Mem result(int vector) {
        return Mem.at(Gpr.RBX, vector * unit.lanes() * form.resultBytes());
    }

    /// x = what becomes of the sums x
    private void finish(int vector, Vec x, List<Vec> free) {
        var operands = operands(vector, count(vector));
        if (sumCode.isPresent()) {
            sumCode.get().write(lanes, x, free, operands);
        } else {
            StageCode.write(lanes, stages, x, free, operands);
        }
    }

    private void put(int vector, Vec x, Vec free) {
        if (sumCode.isPresent()) {
            sumCode.get().store(lanes, result(vector), x, count(vector), free);
        } else if (count(vector) == unit.lanes()) {
            lanes.store(result(vector), x);
        } else {
            lanes.storeFirst(result(vector), x, count(vector), free);
        }
    }
}
