package dev.balsa.kernel.recurrent;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.FunctionCode;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Writes the code that turns what inputs and state add to the gates into the next state, for one sequence.
///
/// It works on whole vectors from byte rsi to byte rdx of a state; rdi points to the [Argument]s. States fill whole
/// vectors; gates are as far apart as a state has elements, so that the last vector of a gate overlaps the next gate,
/// and behind the last gate a vector of memory follows.
final class CellCode {
    /// What the routine is told: addresses, in this order.
    enum Argument implements RoutineArgument {
        /// What the inputs add to each gate.
        INPUT(0),
        /// What the state adds.
        RECURRENT(1),
        /// What is added to either.
        BIAS(2),
        /// What is added to the state's part alone, where that differs.
        RECURRENT_BIAS(3),
        STATE(4),
        /// The cell state, where there is one.
        CELL(5);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    private static final Gpr INPUT = Gpr.R8;
    private static final Gpr RECURRENT = Gpr.R9;
    private static final Gpr BIAS = Gpr.R10;
    private static final Gpr RECURRENT_BIAS = Gpr.R11;
    private static final Gpr STATE = Gpr.R12;
    private static final Gpr CELL = Gpr.R13;
    private static final Gpr AT = Gpr.RSI;

    private final Assembler assembler;
    private final Lanes lanes;
    private final VectorUnit unit;
    private final int hidden;
    private final List<Vec> free = new ArrayList<>();

    private CellCode(Assembler assembler, VectorUnit unit, int hidden) {
        this.assembler = assembler;
        this.unit = unit;
        this.hidden = hidden;
        lanes = new Lanes(assembler, unit);
        for (int i = 0; i < FunctionCode.MOST_TEMPORARIES; i++) {
            free.add(unit.register(unit.registers() - 1 - i));
        }
    }

    /// Names the routine.
    static String name(VectorUnit unit, Cell cell, int hidden) {
        return unit.isa().label() + "_cell_f32_" + cell.name().toLowerCase(Locale.ROOT) + "_" + hidden;
    }

    /// The routine's code.
    static byte[] write(VectorUnit unit, Cell cell, int hidden) {
        return Routine.of(0, assembler -> new CellCode(assembler, unit, hidden).write(cell));
    }

    private void write(Cell cell) {
        assembler.emit(MOV, INPUT, Mem.at(Gpr.RDI, Argument.INPUT.at()));
        assembler.emit(MOV, RECURRENT, Mem.at(Gpr.RDI, Argument.RECURRENT.at()));
        assembler.emit(MOV, BIAS, Mem.at(Gpr.RDI, Argument.BIAS.at()));
        assembler.emit(MOV, RECURRENT_BIAS, Mem.at(Gpr.RDI, Argument.RECURRENT_BIAS.at()));
        assembler.emit(MOV, STATE, Mem.at(Gpr.RDI, Argument.STATE.at()));
        assembler.emit(MOV, CELL, Mem.at(Gpr.RDI, Argument.CELL.at()));
        var next = new Label("next vector");
        assembler.bind(next);
        switch (cell) {
            case LSTM -> lstm();
            case GRU -> gru();
        }
        assembler.emit(ADD, AT, Imm.of(unit.bytes()));
        assembler.emit(CMP, AT, Gpr.RDX);
        assembler.emit(JB, next);
    }

    /// c = forget * c + input * candidate, h = output * tanh(c)
    private void lstm() {
        var input = unit.register(0);
        var forget = unit.register(1);
        var candidate = unit.register(2);
        var cell = unit.register(3);
        gate(input, 0, UnaryFunction.SIGMOID);
        gate(forget, 2, UnaryFunction.SIGMOID);
        gate(candidate, 3, UnaryFunction.TANH);
        lanes.multiply(cell, forget, Mem.at(CELL, AT, 1, 0));
        lanes.accumulate(cell, input, candidate);
        lanes.store(Mem.at(CELL, AT, 1, 0), cell);
        var output = unit.register(0);
        gate(output, 1, UnaryFunction.SIGMOID);
        FunctionCode.write(lanes, UnaryFunction.TANH, 0, 0, cell, free);
        lanes.multiply(output, output, cell);
        lanes.store(Mem.at(STATE, AT, 1, 0), output);
    }

    /// h = candidate + update * (h - candidate)
    private void gru() {
        var update = unit.register(0);
        var reset = unit.register(1);
        var candidate = unit.register(2);
        var state = unit.register(3);
        gate(update, 0, UnaryFunction.SIGMOID);
        gate(reset, 1, UnaryFunction.SIGMOID);
        lanes.load(candidate, at(RECURRENT, 2));
        lanes.add(candidate, candidate, Mem.at(RECURRENT_BIAS, AT, 1, 0));
        lanes.scale(candidate, reset, at(INPUT, 2));
        lanes.add(candidate, candidate, at(BIAS, 2));
        FunctionCode.write(lanes, UnaryFunction.TANH, 0, 0, candidate, free);
        lanes.load(state, Mem.at(STATE, AT, 1, 0));
        lanes.subtract(state, state, candidate);
        lanes.scale(state, update, candidate);
        lanes.store(Mem.at(STATE, AT, 1, 0), state);
    }

    private void gate(Vec d, int gate, UnaryFunction function) {
        lanes.load(d, at(INPUT, gate));
        lanes.add(d, d, at(RECURRENT, gate));
        lanes.add(d, d, at(BIAS, gate));
        FunctionCode.write(lanes, function, 0, 0, d, free);
    }

    private Mem at(Gpr base, int gate) {
        return Mem.at(base, AT, 1, gate * hidden * Float.BYTES);
    }
}
