package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JG;
import static dev.balsa.asm.GeneralInstruction.JGE;
import static dev.balsa.asm.GeneralInstruction.JL;
import static dev.balsa.asm.GeneralInstruction.JLE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import java.util.List;

/// Writes the code that copies rdx runs of bytes, as long as each other; rdi points to the [Argument]s. There is at
/// least one run, of at least one byte; source and target have nothing in common. [Places] says where the runs lie.
///
/// What is left behind whole vectors is copied by one that ends with the run, over bytes that are there already: no
/// byte outside the run is touched.
public final class RunCopyCode {
    /// Where the runs begin.
    public enum Places {
        /// At equal distances, on both sides.
        EQUAL,
        /// In the source where a list says, in the target at equal distances.
        FROM_LIST,
        /// In the target where a list says, in the order of the list; in the source at equal distances.
        TO_LIST
    }

    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from a run to the next in the source, where there is no list of them.
        SOURCE_ROW(2),
        TARGET_ROW(3),
        /// The length of a run.
        BYTES(4),
        /// The address of the list: for every run 64 bits, its bytes behind the source or target.
        LIST(5);

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

    private static final int UNROLLED = 4;
    private static final List<Gpr> HOLDERS = List.of(Gpr.RAX, Gpr.RBX);
    private static final Gpr SOURCE = Gpr.R8;
    private static final Gpr TARGET = Gpr.R9;
    private static final Gpr BYTES = Gpr.R10;
    private static final Gpr DONE = Gpr.RCX;
    /// Where the last vector of a run begins.
    private static final Gpr LAST = Gpr.R13;
    /// Where the last of [#UNROLLED] vectors begin at most.
    private static final Gpr LAST_SEVERAL = Gpr.R14;

    private final Assembler a;
    private final VectorUnit unit;
    private final Places places;
    private final Label end = new Label("end");

    private RunCopyCode(Assembler assembler, VectorUnit unit, Places places) {
        this.a = assembler;
        this.unit = unit;
        this.places = places;
    }

    /// Names the routine.
    public static String name(VectorUnit unit, Places places) {
        return unit.isa().label() + "_run_copy"
                + switch (places) {
                    case EQUAL -> "";
                    case FROM_LIST -> "_from_list";
                    case TO_LIST -> "_to_list";
                };
    }

    /// The routine's code.
    public static byte[] write(VectorUnit unit, Places places) {
        return Routine.of(0, assembler -> new RunCopyCode(assembler, unit, places).write());
    }

    /// r11 and r12 are the distances of source and target; where there is a list, the one's is its next entry, and
    /// rdi is what entries are counted from.
    private void write() {
        a.emit(MOV, SOURCE, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, TARGET, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, BYTES, Mem.at(Gpr.RDI, Argument.BYTES.at()));
        var row = places == Places.FROM_LIST ? Argument.LIST : Argument.SOURCE_ROW;
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, row.at()));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, (places == Places.TO_LIST ? Argument.LIST : Argument.TARGET_ROW).at()));
        if (places != Places.EQUAL) {
            a.emit(MOV, Gpr.RDI, places == Places.FROM_LIST ? SOURCE : TARGET);
        }
        var vectors = new Label("vectors");
        a.emit(CMP, BYTES, Imm.of(unit.bytes()));
        a.emit(JAE, vectors);
        for (int width = unit.bytes() / 2; width > 0; width /= 2) {
            pair(width);
        }
        a.bind(vectors);
        vectors();
        a.bind(end);
    }

    /// Runs that two pieces of a width make up, which may overlap; shorter ones are left to what follows.
    private void pair(int width) {
        var shorter = new Label("shorter than " + width);
        var row = new Label("pairs of " + width);
        if (width > 1) {
            a.emit(CMP, BYTES, Imm.of(width));
            a.emit(JB, shorter);
        }
        a.emit(SUB, BYTES, Imm.of(width));
        a.bind(row);
        begin();
        load(width, 0, Mem.at(SOURCE, 0));
        load(width, 1, Mem.at(SOURCE, BYTES, 1, 0));
        store(width, Mem.at(TARGET, 0), 0);
        store(width, Mem.at(TARGET, BYTES, 1, 0), 1);
        next(row);
        a.emit(JMP, end);
        a.bind(shorter);
    }

    private void load(int width, int holder, Mem from) {
        if (width > Long.BYTES) {
            a.emit(VMOVUPS, Vec.of(holder, width * Byte.SIZE), from);
        } else {
            new StridedCopyCode(width).load(a, HOLDERS.get(holder), from);
        }
    }

    private void store(int width, Mem to, int holder) {
        if (width > Long.BYTES) {
            a.emit(VMOVUPS, to, Vec.of(holder, width * Byte.SIZE));
        } else {
            new StridedCopyCode(width).store(a, to, HOLDERS.get(holder));
        }
    }

    /// Looks up where the next run is.
    private void begin() {
        switch (places) {
            case EQUAL -> {}
            case FROM_LIST -> lookUp(SOURCE, Gpr.R11);
            case TO_LIST -> lookUp(TARGET, Gpr.R12);
        }
    }

    private void lookUp(Gpr place, Gpr entry) {
        a.emit(MOV, place, Mem.at(entry, 0));
        a.emit(ADD, entry, Imm.of(Long.BYTES));
        a.emit(ADD, place, Gpr.RDI);
    }

    private void next(Label row) {
        if (places != Places.FROM_LIST) {
            a.emit(ADD, SOURCE, Gpr.R11);
        }
        if (places != Places.TO_LIST) {
            a.emit(ADD, TARGET, Gpr.R12);
        }
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void vectors() {
        var row = new Label("row");
        var several = new Label("several");
        var rest = new Label("rest");
        var one = new Label("one");
        var last = new Label("last");
        a.emit(LEA, LAST, Mem.at(BYTES, -unit.bytes()));
        a.emit(LEA, LAST_SEVERAL, Mem.at(BYTES, -UNROLLED * unit.bytes()));
        a.bind(row);
        begin();
        a.emit(XOR, DONE.low32(), DONE.low32());
        a.emit(CMP, DONE, LAST_SEVERAL);
        a.emit(JG, rest);
        a.align(16);
        a.bind(several);
        move(List.of(0, 1, 2, 3));
        a.emit(CMP, DONE, LAST_SEVERAL);
        a.emit(JLE, several);
        a.bind(rest);
        a.emit(CMP, DONE, LAST);
        a.emit(JGE, last);
        a.bind(one);
        move(List.of(0));
        a.emit(CMP, DONE, LAST);
        a.emit(JL, one);
        a.bind(last);
        a.emit(VMOVUPS, unit.register(0), Mem.at(SOURCE, LAST, 1, 0));
        a.emit(VMOVUPS, Mem.at(TARGET, LAST, 1, 0), unit.register(0));
        next(row);
    }

    private void move(List<Integer> vectors) {
        for (int i : vectors) {
            a.emit(VMOVUPS, unit.register(i), Mem.at(SOURCE, DONE, 1, i * unit.bytes()));
        }
        for (int i : vectors) {
            a.emit(VMOVUPS, Mem.at(TARGET, DONE, 1, i * unit.bytes()), unit.register(i));
        }
        a.emit(ADD, DONE, Imm.of((long) vectors.size() * unit.bytes()));
    }
}
