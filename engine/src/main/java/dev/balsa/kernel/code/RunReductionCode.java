package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes the code that reduces rdx runs of floats, as long as each other, into the places that a list tells, in
/// the order of the list; rdi points to the [Argument]s. There is at least one run.
///
/// @param function what becomes of the float in a place and that of a run
public record RunReductionCode(VectorUnit unit, BinaryFunction function) {
    private static final int VECTORS = 4;

    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from a run to the next in the source.
        SOURCE_ROW(2),
        /// The address of the list: for every run 64 bits, its bytes behind the target.
        LIST(3),
        /// The length of a run, which [#setLength] tells.
        LENGTH(4);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        public static long bytes() {
            return (values().length - 1L + RowLoop.ARGUMENTS) * Long.BYTES;
        }
    }

    /// Tells the length of runs, in floats.
    public static void setLength(MemorySegment arguments, VectorUnit unit, long length) {
        RowLoop.set(arguments, Argument.LENGTH.at(), unit, VECTORS, length);
    }

    /// Names the routine; equal names are equal code.
    public String name() {
        return unit.isa().label() + "_run_reduction_f32 " + function;
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9 = the run in the source, and its place; r10 = what places are counted from; r11 = the distance of
    /// runs; r12 = the next entry of the list.
    private void write(Assembler a) {
        var lanes = new Lanes(a, unit);
        int last = unit.registers() - 1;
        var loop = new RowLoop(lanes, VECTORS, Argument.LENGTH.at(), unit.register(last), Mask.K3);
        var run = new Label("run");
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.SOURCE_ROW.at()));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.LIST.at()));
        loop.prepare();
        a.bind(run);
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.R12, 0));
        a.emit(ADD, Gpr.R12, Imm.of(Long.BYTES));
        a.emit(ADD, Gpr.R9, Gpr.R10);
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                vector(lanes, loop, i * unit.bytes(), partly);
            }
        });
        a.emit(ADD, Gpr.R8, Gpr.R11);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, run);
    }

    private void vector(Lanes lanes, RowLoop loop, int at, boolean partly) {
        var x = unit.register(0);
        var y = unit.register(1);
        var free = new ArrayList<Vec>();
        for (int i = 2; i < unit.registers() - 1; i++) {
            free.add(unit.register(i));
        }
        var place = Mem.at(Gpr.R9, Gpr.RCX, 1, at);
        loop.load(x, place, partly);
        loop.load(y, Mem.at(Gpr.R8, Gpr.RCX, 1, at), partly);
        var stage = new Stage.Binary(function, 0, Spread.FULL);
        StageCode.write(lanes, List.of(stage), x, free, new StageCode.Operands() {
            @Override
            public Mem at(Stage.Binary binary) {
                return place;
            }

            @Override
            public Optional<Vec> loaded(Stage.Binary binary) {
                return Optional.of(y);
            }

            @Override
            public int lanes() {
                return unit.lanes();
            }
        });
        loop.store(place, x, partly);
    }
}
