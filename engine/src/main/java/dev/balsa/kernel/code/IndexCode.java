package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVS;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSXD;
import static dev.balsa.asm.GeneralInstruction.SHR;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.TEST;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.Effects;
import java.lang.foreign.MemorySegment;

/// Writes the code that makes a list of places, in bytes, of tuples of indices: rsi rows of rdx tuples, both at
/// least 1; rdi points to the [Argument]s, behind which stand for each member of a tuple its dimension's size and
/// the bytes from one index to the next. Negative indices count from the end.
///
/// Every index is compared with its dimension; at the first that is out of range the routine ends, and says which
/// tuple it is of.
///
/// @param indexBytes 4 or 8
/// @param members of a tuple
public record IndexCode(int indexBytes, int members) {
    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        /// The address of the first tuple.
        INDICES(0),
        /// Bytes from a tuple to the next of its row.
        INDEX_STEP(1),
        /// Bytes from a row's first tuple to the next one's.
        INDEX_ROW(2),
        /// Where the list goes: 64 bits per tuple.
        LIST(3),
        /// What is added to the place of the first tuple, and what more to those of the next tuple and row.
        START(4),
        STEP(5),
        ROW(6),
        /// Becomes the number of the tuple with an index out of range, and is left if there is none.
        BAD(7);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private static final long MEMBER = 2L * Long.BYTES;

    /// Bytes of all arguments.
    public long bytes() {
        return size(members);
    }

    /// Tells about a member of the tuples.
    ///
    /// @param size of its dimension
    /// @param stride in bytes
    public void set(MemorySegment arguments, int member, long size, long stride) {
        Effects.putLong(arguments, size(member), size);
        Effects.putLong(arguments, size(member) + Long.BYTES, stride);
    }

    private static int size(int member) {
        return Math.toIntExact(Argument.values().length * (long) Long.BYTES + member * MEMBER);
    }

    /// Names the routine.
    public String name() {
        return "x86_64_places_s" + indexBytes * Byte.SIZE + "_" + members;
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9 = the row's first tuple, the next place of the list; r10 is the row's start; r13 counts, r14 and r15
    /// walk along the row; rbx sums up.
    private void write(Assembler a) {
        a.emit(MOV, Gpr.R8, told(Argument.INDICES));
        a.emit(MOV, Gpr.R9, told(Argument.LIST));
        a.emit(MOV, Gpr.R10, told(Argument.START));
        a.emit(MOV, Gpr.R11, told(Argument.INDEX_STEP));
        a.emit(MOV, Gpr.R12, told(Argument.STEP));
        var row = new Label("row");
        var tuple = new Label("tuple");
        var bad = new Label("bad");
        var end = new Label("end");
        a.bind(row);
        a.emit(MOV, Gpr.R13, Gpr.RDX);
        a.emit(MOV, Gpr.R14, Gpr.R8);
        a.emit(MOV, Gpr.R15, Gpr.R10);
        a.align(16);
        a.bind(tuple);
        a.emit(MOV, Gpr.RBX, Gpr.R15);
        for (int member = 0; member < members; member++) {
            member(a, member, bad);
        }
        a.emit(MOV, Mem.at(Gpr.R9, 0), Gpr.RBX);
        a.emit(ADD, Gpr.R9, Imm.of(Long.BYTES));
        a.emit(ADD, Gpr.R14, Gpr.R11);
        a.emit(ADD, Gpr.R15, Gpr.R12);
        a.emit(DEC, Gpr.R13);
        a.emit(JNE, tuple);
        a.emit(ADD, Gpr.R8, told(Argument.INDEX_ROW));
        a.emit(ADD, Gpr.R10, told(Argument.ROW));
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, row);
        a.emit(JMP, end);
        a.bind(bad);
        a.emit(SUB, Gpr.R9, told(Argument.LIST));
        a.emit(SHR, Gpr.R9, Imm.of(3));
        a.emit(MOV, told(Argument.BAD), Gpr.R9);
        a.bind(end);
    }

    private void member(Assembler a, int member, Label bad) {
        var index = Mem.at(Gpr.R14, member * indexBytes);
        var size = Mem.at(Gpr.RDI, size(member));
        if (indexBytes == Integer.BYTES) {
            a.emit(MOVSXD, Gpr.RAX, index.sized(Integer.SIZE));
        } else {
            a.emit(MOV, Gpr.RAX, index);
        }
        // Without a sign what is still negative is greater than any size.
        a.emit(MOV, Gpr.RCX, size);
        a.emit(ADD, Gpr.RCX, Gpr.RAX);
        a.emit(TEST, Gpr.RAX, Gpr.RAX);
        a.emit(CMOVS, Gpr.RAX, Gpr.RCX);
        a.emit(CMP, Gpr.RAX, size);
        a.emit(JAE, bad);
        a.emit(IMUL, Gpr.RAX, size.plus(Long.BYTES));
        a.emit(ADD, Gpr.RBX, Gpr.RAX);
    }

    private static Mem told(Argument which) {
        return Mem.at(Gpr.RDI, which.at());
    }
}
