package dev.balsa.kernel.amx;

import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;

/// Writes the code that puts rows together from segments of flat planes, for the rows from rsi to rdx. rdi points
/// to the [Argument]s.
///
/// It copies 64 bytes at a time and so reads and writes up to 62 too many; what comes next in the same row, zeros,
/// and the next row are written over them. Both kinds of planes have [#SLACK] bytes behind them.
final class GatherCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// Where the first flat plane begins, which the first part of element `FIRST` is in.
        SOURCE(0),
        SOURCE_PLANE_STEP(1),
        /// Where row rsi is to be in the first plane.
        TARGET(2),
        PLANE_STEP(3),
        /// For each row an unsigned 32-bit number: its element.
        ROW_PLACES(4),
        FIRST(5),
        /// Pairs of numbers: bytes from the row's element, and how many.
        SEGMENTS(6),
        SEGMENT_COUNT(7),
        /// Bytes from a row to the next.
        ROW_STEP(8);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    /// Bytes behind planes that may be read or written.
    static final int SLACK = 128;

    private static final Vec ZERO = Vec.zmm(4);
    private static final int PLACE_BYTES = 4;

    private final Assembler a;
    private final int parts;

    private GatherCode(Assembler assembler, int parts) {
        this.a = assembler;
        this.parts = parts;
    }

    /// Names the routine.
    static String name(int parts) {
        return "amx_gather_bf16_" + parts + "parts";
    }

    /// The routine's code.
    static byte[] write(int parts) {
        return Routine.of(0, assembler -> new GatherCode(assembler, parts).write());
    }

    /// r9 = the row's target, r8 its source; rbx = the segment, of which r14 are left, with target r10; rax and rcx
    /// walk along it, r15 bytes are left. r12 and r13 = bytes from a plane to the next in source and target.
    private void write() {
        var row = new Label("row");
        var segment = new Label("segment");
        var chunk = new Label("chunk");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        new Lanes(a, Bfloat16Code.UNIT).zero(ZERO);
        a.emit(MOV, Gpr.R9, argument(Argument.TARGET));
        a.emit(MOV, Gpr.R12, argument(Argument.SOURCE_PLANE_STEP));
        a.emit(MOV, Gpr.R13, argument(Argument.PLANE_STEP));
        a.bind(row);
        a.emit(MOV, Gpr.RAX, argument(Argument.ROW_PLACES));
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.RAX, Gpr.RSI, PLACE_BYTES, 0));
        a.emit(SUB, Gpr.RCX, argument(Argument.FIRST));
        a.emit(MOV, Gpr.R8, argument(Argument.SOURCE));
        a.emit(LEA, Gpr.R8, Mem.at(Gpr.R8, Gpr.RCX, Short.BYTES, 0));
        a.emit(MOV, Gpr.RBX, argument(Argument.SEGMENTS));
        a.emit(MOV, Gpr.R14, argument(Argument.SEGMENT_COUNT));
        a.emit(MOV, Gpr.R10, Gpr.R9);
        a.bind(segment);
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RBX, 0));
        a.emit(ADD, Gpr.RAX, Gpr.R8);
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RBX, Long.BYTES));
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.bind(chunk);
        for (int part = 0; part < parts; part++) {
            a.emit(VMOVUPS, Vec.zmm(part), plane(Gpr.RAX, Gpr.R12, part));
        }
        for (int part = 0; part < parts; part++) {
            a.emit(VMOVUPS, plane(Gpr.RCX, Gpr.R13, part), Vec.zmm(part));
        }
        a.emit(ADD, Gpr.RAX, Imm.of(Tiles.ROW_BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R15, Imm.of(Tiles.ROW_BYTES));
        a.emit(JA, chunk);
        a.emit(ADD, Gpr.R10, Mem.at(Gpr.RBX, Long.BYTES));
        a.emit(ADD, Gpr.RBX, Imm.of(2L * Long.BYTES));
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, segment);
        for (int part = 0; part < parts; part++) {
            a.emit(VMOVUPS, plane(Gpr.R10, Gpr.R13, part), ZERO);
        }
        a.emit(ADD, Gpr.R9, argument(Argument.ROW_STEP));
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, row);
        a.bind(end);
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    private static Mem plane(Gpr start, Gpr step, int part) {
        return part == 0 ? Mem.at(start, 0) : Mem.at(start, step, part, 0);
    }
}
