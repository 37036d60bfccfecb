package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import java.util.List;

/// Writes the code that copies rdx elements, at least one, between places that a list says and places at equal
/// distances, in the order of the list; rdi points to the [Argument]s.
///
/// @param elementBytes 1, 2, 4 or 8
/// @param toList whether the list is of places in the target, else of places in the source
public record ElementListCode(int elementBytes, boolean toList) {
    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from an element to the next on the side that has no list.
        STEP(2),
        /// The address of the list: for every element 64 bits, its bytes behind the source or target.
        LIST(3);

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
            return (long) values().length * Long.BYTES;
        }
    }

    private static final Gpr HOLDER = Gpr.RAX;
    private static final Gpr PLACE = Gpr.RCX;
    /// What places of the list are counted from.
    private static final Gpr LISTED = Gpr.R8;
    /// The next element on the other side.
    private static final Gpr REGULAR = Gpr.R9;
    private static final Gpr STEP = Gpr.R10;
    private static final Gpr THREE_STEPS = Gpr.R11;
    private static final Gpr LIST = Gpr.R12;

    /// Names the routine.
    public String name() {
        return "x86_64_element_list_x" + elementBytes * Byte.SIZE + (toList ? "_to" : "_from");
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    private void write(Assembler a) {
        a.emit(MOV, toList ? REGULAR : LISTED, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, toList ? LISTED : REGULAR, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, STEP, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(MOV, LIST, Mem.at(Gpr.RDI, Argument.LIST.at()));
        a.emit(LEA, THREE_STEPS, Mem.at(STEP, STEP, 2, 0));
        var several = new Label("several");
        var rest = new Label("rest");
        var single = new Label("single");
        var done = new Label("done");
        var places = List.of(
                Mem.at(REGULAR, 0),
                Mem.at(REGULAR, STEP, 1, 0),
                Mem.at(REGULAR, STEP, 2, 0),
                Mem.at(REGULAR, THREE_STEPS, 1, 0));
        a.emit(SUB, Gpr.RDX, Imm.of(places.size()));
        a.emit(JB, rest);
        a.align(16);
        a.bind(several);
        for (int i = 0; i < places.size(); i++) {
            move(a, i, places.get(i));
        }
        a.emit(ADD, LIST, Imm.of((long) places.size() * Long.BYTES));
        a.emit(LEA, REGULAR, Mem.at(REGULAR, STEP, places.size(), 0));
        a.emit(SUB, Gpr.RDX, Imm.of(places.size()));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.RDX, Imm.of(places.size()));
        a.emit(JE, done);
        a.bind(single);
        move(a, 0, places.getFirst());
        a.emit(ADD, LIST, Imm.of(Long.BYTES));
        a.emit(ADD, REGULAR, STEP);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
    }

    private void move(Assembler a, int entry, Mem regular) {
        var element = new StridedCopyCode(elementBytes);
        var listed = Mem.at(LISTED, PLACE, 1, 0);
        a.emit(MOV, PLACE, Mem.at(LIST, entry * Long.BYTES));
        element.load(a, HOLDER, toList ? regular : listed);
        element.store(a, toList ? listed : regular, HOLDER);
    }
}
