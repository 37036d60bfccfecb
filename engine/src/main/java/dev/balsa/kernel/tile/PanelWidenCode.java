package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
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

/// Writes the code that makes floats of the weights of a packed panel, vectors from rsi to rdx; rdi points to the
/// [Argument]s. What [PanelWeights#load] reads behind the last vector is read, too.
final class PanelWidenCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private static final int UNROLL = 4;

    private PanelWidenCode() {}

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, PanelWeights weights) {
        return unit.isa().label() + "_panelwiden_" + weights.type();
    }

    /// The routine's code.
    static byte[] write(VectorUnit unit, PanelWeights weights) {
        return Routine.of(0, assembler -> write(assembler, unit, weights));
    }

    /// r8, r9 = source and target; rdx = vectors left.
    private static void write(Assembler a, VectorUnit unit, PanelWeights weights) {
        var lanes = new Lanes(a, unit);
        var several = new Label("several");
        var rest = new Label("rest");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(SUB, Gpr.RDX, Gpr.RSI);
        a.emit(SUB, Gpr.RDX, Imm.of(UNROLL));
        a.emit(JB, rest);
        a.bind(several);
        widen(lanes, weights, UNROLL);
        a.emit(SUB, Gpr.RDX, Imm.of(UNROLL));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.RDX, Imm.of(UNROLL));
        a.emit(JE, done);
        a.bind(single);
        widen(lanes, weights, 1);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
    }

    private static void widen(Lanes lanes, PanelWeights weights, int vectors) {
        var a = lanes.assembler();
        var unit = lanes.unit();
        for (int i = 0; i < vectors; i++) {
            weights.load(lanes, unit.register(i), Mem.at(Gpr.R8, i * weights.vectorBytes(unit)));
        }
        for (int i = 0; i < vectors; i++) {
            lanes.store(Mem.at(Gpr.R9, i * unit.bytes()), unit.register(i));
        }
        a.emit(ADD, Gpr.R8, Imm.of((long) vectors * weights.vectorBytes(unit)));
        a.emit(ADD, Gpr.R9, Imm.of((long) vectors * unit.bytes()));
    }
}
