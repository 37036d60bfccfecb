package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.RestLanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes the loop of a chain of functions: rows of elements, vector by vector, of which every input is read once
/// and the result written once.
///
/// It is called as [RowsWork] says.
final class ElementwiseCode {
    private static final List<Gpr> INPUTS = List.of(Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13);

    /// What the code depends on.
    ///
    /// @param spread per input, whether its elements lie side by side along a row; if not, the row has one
    /// @param stages with operands numbered among the inputs, of which 0 is where the chain starts
    record Form(VectorUnit unit, List<Boolean> spread, List<Stage> stages) {
        /// Copies the lists.
        Form {
            spread = List.copyOf(spread);
            stages = List.copyOf(stages);
        }

        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_elementwise_f32 " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final Vec x;
    private final RestLanes rest;
    private final List<Vec> free = new ArrayList<>();

    private ElementwiseCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.x = unit.register(0);
        this.rest = new RestLanes(lanes, unit.register(unit.registers() - 1), Mask.K3);
        for (int i = 1; i < unit.registers() - 1; i++) {
            free.add(unit.register(i));
        }
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new ElementwiseCode(assembler, form).write());
    }

    /// rbx = the output's row, rcx = elements of the row done, r14 = those in whole vectors, r15 = elements behind
    /// them.
    private void write() {
        var row = new Label("row");
        var behind = new Label("rest");
        var rowDone = new Label("row done");
        for (int i = 0; i < form.spread.size(); i++) {
            a.emit(MOV, INPUTS.get(i), Mem.at(Gpr.RDI, i * Long.BYTES));
        }
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.OUTPUT));
        a.emit(MOV, Gpr.R14, Mem.at(Gpr.RDI, RowsWork.WHOLE));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, RowsWork.REST));
        rest.choose(Mem.at(Gpr.RDI, RowsWork.REST));
        a.bind(row);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JAE, behind);
        var vector = new Label("vector");
        a.align(16);
        a.bind(vector);
        vector(false);
        a.emit(ADD, Gpr.RCX, Imm.of(unit.lanes()));
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JB, vector);
        a.bind(behind);
        a.emit(TEST, Gpr.R15, Gpr.R15);
        a.emit(JE, rowDone);
        vector(true);
        a.bind(rowDone);
        for (int i = 0; i < form.spread.size(); i++) {
            a.emit(ADD, INPUTS.get(i), Mem.at(Gpr.RDI, RowsWork.STEPS + i * Long.BYTES));
        }
        a.emit(ADD, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.ROW_BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void vector(boolean partly) {
        load(x, 0, partly);
        var spare = free.getLast();
        StageCode.write(lanes, form.stages, x, free.subList(0, free.size() - 1), new StageCode.Operands() {
            @Override
            public Mem at(Stage.Binary stage) {
                return place(stage.operand());
            }

            @Override
            public Optional<Vec> loaded(Stage.Binary stage) {
                if (!partly || stage.spread() == Spread.SCALAR) {
                    return Optional.empty();
                }
                load(spare, stage.operand(), true);
                return Optional.of(spare);
            }

            @Override
            public int lanes() {
                return unit.lanes();
            }
        });
        var place = Mem.at(Gpr.RBX, Gpr.RCX, Float.BYTES, 0);
        if (!partly) {
            lanes.store(place, x);
        } else {
            rest.store(place, x);
        }
    }

    private Mem place(int input) {
        return form.spread.get(input)
                ? Mem.at(INPUTS.get(input), Gpr.RCX, Float.BYTES, 0)
                : Mem.at(INPUTS.get(input), 0);
    }

    private void load(Vec d, int input, boolean partly) {
        if (!form.spread.get(input)) {
            lanes.broadcast(d, place(input));
        } else if (!partly) {
            lanes.load(d, place(input));
        } else {
            rest.load(d, place(input));
        }
    }
}
