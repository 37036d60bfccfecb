package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that copies rows of neighbouring elements into a panel: rows from rsi to rdx, at least one; rdi
/// points to the [Argument]s. Nothing behind the columns is read; the rest of the last vector becomes zero.
final class PanelCopyCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        /// Bytes from a row to the next in the source, or from a column to the next where it is transposed.
        SOURCE_STEP(1),
        TARGET(2);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private PanelCopyCode() {}

    /// The routine's code.
    static byte[] write(VectorUnit unit, int vectors, int lastLanes) {
        return Routine.of(0, assembler -> write(assembler, unit, vectors, lastLanes));
    }

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, int vectors, int lastLanes) {
        var whole = lastLanes == unit.lanes() ? "" : "_" + lastLanes + "lanes";
        return unit.isa().label() + "_panelcopy_x32_" + vectors + "v" + whole;
    }

    /// r8, r9 = rows in source and target; r10 = a step of the source.
    private static void write(Assembler a, VectorUnit unit, int vectors, int lastLanes) {
        var lanes = new Lanes(a, unit);
        if (lastLanes < unit.lanes()) {
            lanes.chooseFirst(lastLanes);
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(SUB, Gpr.RDX, Gpr.RSI);
        var row = new Label("row");
        a.bind(row);
        for (int vector = 0; vector < vectors; vector++) {
            var place = Mem.at(Gpr.R8, vector * unit.bytes());
            if (vector == vectors - 1 && lastLanes < unit.lanes()) {
                lanes.loadFirst(unit.register(vector), place, lastLanes);
            } else {
                lanes.load(unit.register(vector), place);
            }
        }
        for (int vector = 0; vector < vectors; vector++) {
            lanes.store(Mem.at(Gpr.R9, vector * unit.bytes()), unit.register(vector));
        }
        a.emit(ADD, Gpr.R8, Gpr.R10);
        a.emit(ADD, Gpr.R9, Imm.of((long) vectors * unit.bytes()));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }
}
