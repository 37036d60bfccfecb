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
import dev.balsa.asm.Avx512Instruction;
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
import java.util.Locale;

/// Writes the code that splits floats into planes of bfloat16 parts, or copies what is stored otherwise there, for the
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
    private static final int LANES = 16;

    private final Assembler a;
    private final int parts;
    private final Storage source;
    private final boolean hasFactors;
    private final Lanes lanes;
    private final Bfloat16Code bfloat;

    private SplitCode(Assembler assembler, int parts, Storage source, boolean hasFactors) {
        this.a = assembler;
        this.parts = parts;
        this.source = source;
        this.hasFactors = hasFactors;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
        bfloat = new Bfloat16Code(assembler, parts);
    }

    /// Names the routine.
    static String name(int parts, Storage source, boolean hasFactors) {
        return "amx_split_" + source.name().toLowerCase(Locale.ROOT) + "_" + parts + "parts"
                + (hasFactors ? "_scaled" : "");
    }

    /// The routine's code.
    ///
    /// @param parts 2 for [Storage#PARTS], 1 for [Storage#BFLOAT16]
    /// @param source how the elements are stored
    /// @param hasFactors whether there are factors; not for [Storage#PARTS]
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
        if (isComputed()) {
            bfloat.begin();
        }
        lanes.zero(ZERO);
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
        cells(isComputed() ? this::split : this::copy);
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

    /// Whether the parts of elements are not there yet.
    private boolean isComputed() {
        return source == Storage.FLOATS || hasFactors;
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
            for (int i = 0; i < factorScale(); i++) {
                a.emit(SUB, Gpr.R12, Gpr.R9);
            }
        }
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JB, rest);
        a.bind(several);
        load(X, X, 0);
        load(Y, Y, LANES);
        bfloat.split(X, Y, this::plane);
        a.emit(ADD, Gpr.RAX, Imm.of((long) Tiles.DEPTH * source.bytes()));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JE, full);
        chooseRest();
        a.emit(MaskInstruction.KMOVW, REST, Gpr.R15.low32());
        a.emit(SHR, Gpr.R15.low32(), Imm.of(LANES));
        a.emit(MaskInstruction.KMOVW, FURTHER_REST, Gpr.R15.low32());
        load(X, X.zero(REST), 0);
        load(Y, Y.zero(FURTHER_REST), LANES);
        bfloat.split(X, Y, this::plane);
        a.bind(full);
    }

    /// r15 = a bit for each element that is left.
    private void chooseRest() {
        a.emit(MOV, Gpr.R15.low32(), Imm.of(-1));
        a.emit(BZHI, Gpr.R15.low32(), Gpr.R15.low32(), Gpr.R14.low32());
    }

    /// How many bytes of factors belong to a byte of elements.
    private int factorScale() {
        return Float.BYTES / source.bytes();
    }

    /// @param chosen the lanes that there are
    /// @param first the first element
    private void load(Vec d, Vec chosen, int first) {
        lanes.load(d, chosen, Mem.at(Gpr.RAX, first * source.bytes()), source);
        if (hasFactors) {
            a.emit(AvxInstruction.VMULPS, chosen, d, Mem.at(Gpr.R12, Gpr.RAX, factorScale(), first * Float.BYTES));
        }
    }

    private void copy() {
        var chunk = new Label("chunk");
        var rest = new Label("rest of a chunk");
        var full = new Label("whole chunks");
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JB, rest);
        a.bind(chunk);
        for (int part = 0; part < parts; part++) {
            a.emit(AvxInstruction.VMOVUPS, X, Mem.at(Gpr.RAX, part * Storage.PART_BYTES));
            a.emit(AvxInstruction.VMOVUPS, plane(part, 0), X);
        }
        a.emit(ADD, Gpr.RAX, Imm.of((long) Storage.CHUNK * source.bytes()));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(SUB, Gpr.R14, Imm.of(Tiles.DEPTH));
        a.emit(JAE, chunk);
        a.bind(rest);
        if (source == Storage.BFLOAT16) {
            a.emit(ADD, Gpr.R14, Imm.of(Tiles.DEPTH));
            a.emit(JE, full);
            chooseRest();
            a.emit(MaskInstruction.KMOVD, REST, Gpr.R15.low32());
            a.emit(Avx512Instruction.VMOVDQU16, X.zero(REST), Mem.at(Gpr.RAX, 0));
            a.emit(AvxInstruction.VMOVUPS, plane(0, 0), X);
            a.bind(full);
        }
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
