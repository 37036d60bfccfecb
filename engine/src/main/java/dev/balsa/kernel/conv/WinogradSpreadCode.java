package dev.balsa.kernel.conv;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.LinearMapCode;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;

/// Writes the code that takes squares of vectors apart: `M d Mᵀ`, lane by lane, the results far from each other.
///
/// The routine does it for rdx squares, all their vectors of channels one after the other; rdi points to the
/// [Argument]s. It serves images (lanes are channels, elements of a square are pixels) and kernels (lanes are
/// whatever neighbours there are, elements of a square lie anywhere at equal distances). Targets are written in
/// whole vectors.
final class WinogradSpreadCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The upper left element of the first square.
        SOURCE(0),
        /// Bytes from an element of a square to the one below.
        ROW_STEP(1),
        /// Bytes from an element of a square to its right neighbour.
        COLUMN_STEP(2),
        /// Bytes from a square to the next one.
        SOURCE_TILE(3),
        /// The first result of the first square.
        TARGET(4),
        /// Bytes from a result to the next, in order of rows.
        POSITION_STEP(5),
        /// Bytes from the first result of a square to that of the next one.
        TARGET_TILE(6),
        /// Bytes of the whole vectors.
        WHOLE(7);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static int bytes() {
            return values().length * Long.BYTES;
        }
    }

    private final VectorUnit unit;
    private final double[][] matrix;
    private final int lastLanes;
    private final Assembler a;
    private final Lanes lanes;

    private WinogradSpreadCode(Assembler assembler, VectorUnit unit, double[][] matrix, int lastLanes) {
        this.unit = unit;
        this.matrix = matrix;
        this.lastLanes = lastLanes;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
    }

    /// The routine's code.
    ///
    /// @param matrix M, of 3 to 6 columns
    /// @param lastLanes how many lanes there are beside the whole vectors, less than a vector
    static byte[] write(VectorUnit unit, double[][] matrix, int lastLanes) {
        int stackBytes = matrix.length * matrix[0].length * unit.bytes();
        return Routine.of(stackBytes, assembler -> new WinogradSpreadCode(assembler, unit, matrix, lastLanes).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, String matrix, int lastLanes) {
        return unit.isa().label() + "_winograd_spread_" + matrix + "_" + lastLanes + "lanes";
    }

    private int rows() {
        return matrix.length;
    }

    private int columns() {
        return matrix[0].length;
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    /// r14, r15 = source and target of the square, rcx = bytes of channels done; r8 = the step to the row below;
    /// r10, r11, r12 = one, three and five steps to the right; r13 = the step between results, r9 that between
    /// their rows.
    private void write() {
        if (lastLanes > 0) {
            lanes.chooseFirst(lastLanes);
        }
        a.emit(MOV, Gpr.R14, argument(Argument.SOURCE));
        a.emit(MOV, Gpr.R15, argument(Argument.TARGET));
        a.emit(MOV, Gpr.R8, argument(Argument.ROW_STEP));
        a.emit(MOV, Gpr.R10, argument(Argument.COLUMN_STEP));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.R10, Gpr.R10, 2, 0));
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.R10, Gpr.R10, 4, 0));
        a.emit(MOV, Gpr.R13, argument(Argument.POSITION_STEP));
        a.emit(IMUL, Gpr.R9, Gpr.R13, Imm.of(rows()));
        a.emit(XOR, Gpr.RSI.low32(), Gpr.RSI.low32());
        var tile = new Label("tile");
        var channels = new Label("channels");
        var rest = new Label("rest");
        a.bind(tile);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.bind(channels);
        a.emit(CMP, Gpr.RCX, argument(Argument.WHOLE));
        a.emit(JAE, rest);
        square(unit.lanes());
        a.emit(ADD, Gpr.RCX, Imm.of(unit.bytes()));
        a.emit(JMP, channels);
        a.bind(rest);
        if (lastLanes > 0) {
            square(lastLanes);
        }
        a.emit(ADD, Gpr.R14, argument(Argument.SOURCE_TILE));
        a.emit(ADD, Gpr.R15, argument(Argument.TARGET_TILE));
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, tile);
    }

    /// First along the rows, to the stack, then down the columns.
    private void square(int count) {
        var x = registers(0, columns());
        var free = registers(columns(), unit.registers());
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.R14, Gpr.RCX, 1, 0));
        for (int row = 0; row < columns(); row++) {
            for (int column = 0; column < columns(); column++) {
                var element = element(column);
                if (count == unit.lanes()) {
                    lanes.load(x.get(column), element);
                } else {
                    lanes.loadFirst(x.get(column), element, count);
                }
            }
            int at = row;
            LinearMapCode.write(lanes, matrix, x, free, (position, y, _) -> lanes.store(onStack(at, position), y));
            if (row < columns() - 1) {
                a.emit(ADD, Gpr.RAX, Gpr.R8);
            }
        }
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.R15, Gpr.RCX, 1, 0));
        for (int column = 0; column < rows(); column++) {
            for (int row = 0; row < columns(); row++) {
                lanes.load(x.get(row), onStack(row, column));
            }
            a.emit(MOV, Gpr.RBX, Gpr.RAX);
            LinearMapCode.write(lanes, matrix, x, free, (position, y, _) -> {
                lanes.store(Mem.at(Gpr.RBX, 0), y);
                if (position < rows() - 1) {
                    a.emit(ADD, Gpr.RBX, Gpr.R9);
                }
            });
            if (column < rows() - 1) {
                a.emit(ADD, Gpr.RAX, Gpr.R13);
            }
        }
    }

    private List<Vec> registers(int from, int to) {
        var registers = new ArrayList<Vec>();
        for (int i = from; i < to; i++) {
            registers.add(unit.register(i));
        }
        return registers;
    }

    private static Mem element(int column) {
        return switch (column) {
            case 0 -> Mem.at(Gpr.RAX, 0);
            case 3 -> Mem.at(Gpr.RAX, Gpr.R11, 1, 0);
            case 5 -> Mem.at(Gpr.RAX, Gpr.R12, 1, 0);
            default -> Mem.at(Gpr.RAX, Gpr.R10, column, 0);
        };
    }

    private Mem onStack(int row, int column) {
        return Mem.at(Gpr.RSP, (row * rows() + column) * unit.bytes());
    }
}
