package dev.balsa.kernel.conv;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.LinearMapCode;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes the code that puts tiles of outputs together from their products: `Aᵀ m A`, lane by lane, then the
/// epilogue.
///
/// The routine does it for rdx tiles that lie side by side, all their vectors of channels one after the other; rdi
/// points to the [Argument]s.
final class WinogradGatherCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first product of the first tile.
        SOURCE(0),
        /// The upper left output of the first tile.
        TARGET(1),
        /// The epilogue's operands, in the order in which its stages name them; those of the result's shape
        /// shifted to the first tile.
        OPERANDS(2);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static int operand(int index) {
            return OPERANDS.at() + index * Long.BYTES;
        }
    }

    /// What the code depends on.
    ///
    /// @param transform of the tiles
    /// @param rows of a tile that lie in the image
    /// @param columns of a tile that lie in the image
    /// @param outputs channels
    /// @param pixelBytes bytes from an output to the one beside
    /// @param rowBytes bytes from an output to the one below
    /// @param positionStep bytes from a product to the next, in order of rows
    /// @param sourceTile bytes from the first product of a tile to that of the next one
    /// @param stages of the epilogue
    record Form(
            VectorUnit unit,
            WinogradTransform transform,
            int rows,
            int columns,
            int outputs,
            int pixelBytes,
            int rowBytes,
            int positionStep,
            int sourceTile,
            List<Stage> stages) {
        /// Copies the stages.
        Form {
            stages = List.copyOf(stages);
        }

        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_winograd_gather " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final int span;
    private final double[][] matrix;
    private final Assembler a;
    private final Lanes lanes;

    private WinogradGatherCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        span = form.transform.span();
        matrix = form.transform.output();
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        int stackBytes = form.rows * form.transform.span() * form.unit.bytes();
        return Routine.of(stackBytes, assembler -> new WinogradGatherCode(assembler, form).write());
    }

    /// r8 = products of the tile, rbx = its outputs, rcx = bytes of channels done.
    private void write() {
        int whole = form.outputs / unit.lanes();
        int lastLanes = form.outputs % unit.lanes();
        if (lastLanes > 0) {
            lanes.chooseFirst(lastLanes);
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        var operands = StageCode.operands(form.stages);
        for (int i = 0; i < operands.size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        a.emit(XOR, Gpr.RSI.low32(), Gpr.RSI.low32());
        var tile = new Label("tile");
        a.bind(tile);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        if (whole > 0) {
            var channels = new Label("channels");
            a.bind(channels);
            square(unit.lanes());
            a.emit(ADD, Gpr.RCX, Imm.of(unit.bytes()));
            a.emit(CMP, Gpr.RCX, Imm.of((long) whole * unit.bytes()));
            a.emit(JB, channels);
        }
        if (lastLanes > 0) {
            square(lastLanes);
        }
        a.emit(ADD, Gpr.R8, Imm.of(form.sourceTile));
        var advance = Imm.of((long) form.transform.tile() * form.pixelBytes());
        a.emit(ADD, Gpr.RBX, advance);
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(form.stages, operands.get(i))) {
                a.emit(ADD, OperandPlaces.BASES.get(i), advance);
            }
        }
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, tile);
    }

    /// First down the columns, to the stack, then along the rows.
    private void square(int count) {
        var x = registers(0, span);
        var free = registers(span, unit.registers());
        var upper = Arrays.copyOf(matrix, form.rows);
        for (int column = 0; column < span; column++) {
            for (int row = 0; row < span; row++) {
                lanes.load(x.get(row), Mem.at(Gpr.R8, Gpr.RCX, 1, (row * span + column) * form.positionStep));
            }
            int at = column;
            LinearMapCode.write(lanes, upper, x, free, (row, y, _) -> lanes.store(onStack(row, at), y));
        }
        var left = Arrays.copyOf(matrix, form.columns);
        for (int row = 0; row < form.rows; row++) {
            for (int column = 0; column < span; column++) {
                lanes.load(x.get(column), onStack(row, column));
            }
            int at = row;
            LinearMapCode.write(lanes, left, x, free, (column, y, others) -> store(at, column, y, others, count));
        }
    }

    private List<Vec> registers(int from, int to) {
        var registers = new ArrayList<Vec>();
        for (int i = from; i < to; i++) {
            registers.add(unit.register(i));
        }
        return registers;
    }

    private Mem onStack(int row, int column) {
        return Mem.at(Gpr.RSP, (row * span + column) * unit.bytes());
    }

    private void store(int row, int column, Vec y, List<Vec> free, int count) {
        int shift = row * form.rowBytes + column * form.pixelBytes();
        StageCode.write(
                lanes, form.stages, y, free, new OperandPlaces(form.stages, Gpr.RCX, 1, shift, Gpr.RCX, 0, count));
        var place = Mem.at(Gpr.RBX, Gpr.RCX, 1, shift);
        if (count == unit.lanes()) {
            lanes.store(place, y);
        } else {
            lanes.storeFirst(place, y, count, free.getFirst());
        }
    }
}
