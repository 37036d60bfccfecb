package dev.balsa.kernel.amx;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.BZHI;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SHR;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;

/// Writes the code that splits floats into planes of bfloat16 parts, or copies those of [Storage#PARTS] there, for the
/// entries from rsi to rdx of [Conversions]: cells of elements at equal distances, each filled up with zeros to whole
/// steps of depth, which may reach over what follows. The elements of a cell may be multiplied by factors first, each
/// by its own. rdi points to the [Argument]s.
final class SplitCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The left factor's memory.
        SOURCE(0),
        /// Where the first plane begins; the others follow at equal distances.
        TARGET(1),
        PLANE_STEP(2),
        ENTRIES(3),
        /// Bytes from a cell to the next in a plane.
        CELL_STEP(4),
        /// Where factors begin, if there are any.
        FACTORS(5);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private static final Mask REST = Mask.K5;
    private static final Mask FURTHER_REST = Mask.K6;
    private static final Vec X = Vec.zmm(0);
    private static final Vec Y = Vec.zmm(1);
    private static final Vec ZERO = Vec.zmm(2);
    private static final int VECTOR_BYTES = 64;
    private static final int LANES = 16;

    private final Assembler a;
    private final int parts;
    private final Storage source;
    private final boolean hasFactors;
    private final Bfloat16Code bfloat;

    private SplitCode(Assembler assembler, int parts, Storage source, boolean hasFactors) {
        this.a = assembler;
        this.parts = parts;
        this.source = source;
        this.hasFactors = hasFactors;
        bfloat = new Bfloat16Code(assembler, parts);
    }

    /// Names the routine.
    static String name(int parts, Storage source, boolean hasFactors) {
        return (source == Storage.FLOATS ? "amx_split_bf16_" : "amx_place_bf16_") + parts + "parts"
                + (hasFactors ? "_scaled" : "");
    }

    /// The routine's code.
    ///
    /// @param parts 1 or 2 where they are copied
    /// @param source how the elements are stored
    /// @param hasFactors whether there are factors; only for floats
    static byte[] write(int parts, Storage source, boolean hasFactors) {
        return Routine.of(0, assembler -> new SplitCode(assembler, parts, source, hasFactors).write());
    }

    /// rbx = the entry, of whose cells r11 are left; r9 and r10 walk along cells in source and plane, rax and rcx
    /// along a cell, of whose elements r14 are left; r13 = bytes from a plane to the next; r12 = bytes from
    /// a cell's elements to their factors.
    private void write() {
        var entry = new Label("entry");
        var next = new Label("next entry");
        var zeros = new Label("zeros");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        if (source == Storage.FLOATS) {
            bfloat.begin();
        }
        new Lanes(a, Bfloat16Code.UNIT).zero(ZERO);
        a.emit(MOV, Gpr.R13, Mem.at(Gpr.RDI, Argument.PLANE_STEP.at()));
        a.emit(IMUL, Gpr.RBX, Gpr.RSI, Imm.of(Conversions.BYTES));
        a.emit(ADD, Gpr.RBX, Mem.at(Gpr.RDI, Argument.ENTRIES.at()));
        a.bind(entry);
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RBX, Conversions.sourceAt()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RBX, Conversions.targetAt()));
        a.emit(ADD, Gpr.R10, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RBX, Conversions.cellsAt()));
        a.emit(CMP, Gpr.R9, Imm.of(-1));
        a.emit(JE, zeros);
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        cells(source == Storage.FLOATS ? this::split : this::copy);
        a.emit(JMP, next);
        a.bind(zeros);
        cells(this::clear);
        a.bind(next);
        a.emit(ADD, Gpr.RBX, Imm.of(Conversions.BYTES));
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, entry);
        a.bind(end);
    }

    private void cells(Runnable body) {
        var cell = new Label("cell");
        a.bind(cell);
        a.emit(MOV, Gpr.RAX, Gpr.R9);
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.emit(MOV, Gpr.R14, Mem.at(Gpr.RBX, Conversions.lengthAt()));
        body.run();
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RBX, Conversions.stepAt()));
        a.emit(ADD, Gpr.R10, Mem.at(Gpr.RDI, Argument.CELL_STEP.at()));
        a.emit(DEC, Gpr.R11);
        a.emit(JNE, cell);
    }

    private Mem plane(int part, int bytes) {
        return part == 0 ? Mem.at(Gpr.RCX, bytes) : Mem.at(Gpr.RCX, Gpr.R13, part, bytes);
    }

    private void split() {
        var several = new Label("several");
        var rest = new Label("rest");
        var full = new Label("full");
        if (hasFactors) {
            a.emit(MOV, Gpr.R12, Mem.at(Gpr.RBX, Conversions.factorsAt()));
            a.emit(ADD, Gpr.R12, Mem.at(Gpr.RDI, Argument.FACTORS.at()));
            a.emit(SUB, Gpr.R12, Gpr.R9);
        }
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JB, rest);
        a.bind(several);
        load(X, X, 0);
        load(Y, Y, VECTOR_BYTES);
        bfloat.split(X, Y, this::plane);
        a.emit(ADD, Gpr.RAX, Imm.of((long) Tiles.DEPTH * Float.BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JE, full);
        a.emit(MOV, Gpr.R15.low32(), Imm.of(-1));
        a.emit(BZHI, Gpr.R15.low32(), Gpr.R15.low32(), Gpr.R14.low32());
        a.emit(MaskInstruction.KMOVW, REST, Gpr.R15.low32());
        a.emit(SHR, Gpr.R15.low32(), Imm.of(LANES));
        a.emit(MaskInstruction.KMOVW, FURTHER_REST, Gpr.R15.low32());
        load(X, X.zero(REST), 0);
        load(Y, Y.zero(FURTHER_REST), VECTOR_BYTES);
        bfloat.split(X, Y, this::plane);
        a.bind(full);
    }

    /// @param chosen the lanes that there are
    private void load(Vec d, Vec chosen, int bytes) {
        a.emit(AvxInstruction.VMOVUPS, chosen, Mem.at(Gpr.RAX, bytes));
        if (hasFactors) {
            a.emit(AvxInstruction.VMULPS, chosen, d, Mem.at(Gpr.RAX, Gpr.R12, 1, bytes));
        }
    }

    /// Cells are whole chunks.
    private void copy() {
        var chunk = new Label("chunk");
        a.bind(chunk);
        for (int part = 0; part < parts; part++) {
            a.emit(AvxInstruction.VMOVUPS, X, Mem.at(Gpr.RAX, part * Storage.PART_BYTES));
            a.emit(AvxInstruction.VMOVUPS, plane(part, 0), X);
        }
        a.emit(ADD, Gpr.RAX, Imm.of((long) Storage.CHUNK * Float.BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JA, chunk);
    }

    private void clear() {
        var step = new Label("step");
        a.bind(step);
        for (int part = 0; part < parts; part++) {
            a.emit(AvxInstruction.VMOVUPS, plane(part, 0), ZERO);
        }
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JA, step);
    }
}
