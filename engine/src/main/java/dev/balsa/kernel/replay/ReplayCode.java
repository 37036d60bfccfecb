package dev.balsa.kernel.replay;

import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VXORPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.AND;
import static dev.balsa.asm.GeneralInstruction.CALL;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSX;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.SHR;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.GeneralInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.StridedCopyCode;

/// Writes the code that goes through the [Commands] from rsi to rdx; rdi points to the frame's
/// addresses, of which the first is that of the table of fixed places; it becomes 0 where a command
/// ends the others.
final class ReplayCode {
    static final String NAME = "avx2_replay";

    static final Gpr ADDRESSES = Gpr.R12;
    static final Gpr FIXED = Gpr.R13;
    static final Gpr COMMAND = Gpr.R14;
    static final Gpr END = Gpr.R15;
    /// What a command is about, as the calling convention and string instructions have it.
    private static final Gpr TARGET = Gpr.RDI;
    /// The number in a command's first word.
    private static final Gpr NUMBER = Gpr.RDX;

    private static final Gpr KIND = Gpr.RAX;
    private static final Gpr WORD = Gpr.RSI;
    private static final Gpr COUNT = Gpr.RCX;
    private static final int VECTOR_BYTES = 32;
    private static final Vec VECTOR = Vec.of(0, VECTOR_BYTES * Byte.SIZE);

    private final Assembler a;
    private final Label next = new Label("next command");

    ReplayCode(Assembler assembler) {
        this.a = assembler;
    }

    /// The routine's code.
    static byte[] write() {
        return Routine.of(0, assembler -> {
            assembler.emit(MOV, ADDRESSES, Gpr.RDI);
            assembler.emit(MOV, FIXED, Mem.at(Gpr.RDI, 0));
            assembler.emit(MOV, COMMAND, Gpr.RSI);
            assembler.emit(MOV, END, Gpr.RDX);
            var stopped = new Label("stopped");
            var end = new Label("all done");
            new ReplayCode(assembler).go(stopped);
            assembler.emit(JMP, end);
            assembler.bind(stopped);
            assembler.emit(XOR, Gpr.RAX.low32(), Gpr.RAX.low32());
            assembler.emit(MOV, Mem.at(ADDRESSES, 0), Gpr.RAX);
            assembler.bind(end);
        });
    }

    /// Goes through commands, with what they need in the registers above; keeps rbx, rsp and what is on
    /// the stack.
    ///
    /// @param stopped where it goes on if a command ends the others
    void go(Label stopped) {
        var end = new Label("end");
        a.bind(next);
        a.emit(CMP, COMMAND, END);
        a.emit(JAE, end);
        take();
        on(Commands.PUT, this::put);
        on(Commands.ADD_FIXED, () -> add(FIXED));
        on(Commands.CALL, this::call);
        on(Commands.ADD, () -> add(ADDRESSES));
        on(Commands.PUT_INT, this::putInt);
        on(Commands.COPY, () -> copy(ADDRESSES));
        on(Commands.COPY_FIXED, () -> copy(FIXED));
        on(Commands.PASS, () -> pass(MOVZX));
        on(Commands.PASS_SIGNED, () -> pass(MOVSX));
        on(Commands.CHECK, () -> check(stopped));
        on(Commands.SKIP, this::skip);
        clear();
        a.emit(JMP, next);
        a.bind(end);
    }

    /// Takes the first word apart.
    private void take() {
        a.emit(MOV, KIND, word(0));
        a.emit(MOV, TARGET, KIND);
        a.emit(SHR, TARGET, Imm.of(Commands.DISTANCE_AT));
        a.emit(MOV, NUMBER, KIND);
        a.emit(SHR, NUMBER, Imm.of(Commands.KIND_BITS));
        a.emit(AND, NUMBER, Imm.of((1 << Commands.TARGET_BITS) - 1));
        a.emit(ADD, TARGET, Mem.at(ADDRESSES, NUMBER, Long.BYTES, 0));
        a.emit(MOV, NUMBER, KIND);
        a.emit(SHR, NUMBER, Imm.of(Commands.NUMBER_AT));
        a.emit(AND, NUMBER, Imm.of((1 << Commands.NUMBER_BITS) - 1));
        a.emit(AND, KIND, Imm.of((1 << Commands.KIND_BITS) - 1));
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
    }

    private static Mem word(int index) {
        return Mem.at(COMMAND, index * Long.BYTES);
    }

    private void on(int kind, Runnable body) {
        var other = new Label("not " + kind);
        a.emit(CMP, KIND, Imm.of(kind));
        a.emit(JNE, other);
        body.run();
        a.emit(JMP, next);
        a.bind(other);
    }

    private void put() {
        var more = new Label("more words");
        a.bind(more);
        a.emit(MOV, WORD, word(0));
        a.emit(MOV, Mem.at(TARGET, 0), WORD);
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
        a.emit(ADD, TARGET, Imm.of(Long.BYTES));
        a.emit(DEC, NUMBER);
        a.emit(JNE, more);
    }

    private void add(Gpr table) {
        a.emit(MOV, WORD, Mem.at(table, NUMBER, Long.BYTES, 0));
        a.emit(ADD, Mem.at(TARGET, 0), WORD);
    }

    private void call() {
        a.emit(MOV, Gpr.RAX, Mem.at(FIXED, NUMBER, Long.BYTES, 0));
        a.emit(ADD, Gpr.RAX, word(0));
        a.emit(MOV, Gpr.RSI, word(1));
        a.emit(MOV, Gpr.RDX, word(2));
        a.emit(ADD, COMMAND, Imm.of(3 * Long.BYTES));
        a.emit(CALL, Gpr.RAX);
    }

    private void putInt() {
        a.emit(MOV, WORD, word(0));
        a.emit(MOV, Mem.at(TARGET, 0), WORD.low32());
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
    }

    private void pass(GeneralInstruction widen) {
        a.emit(MOV, Gpr.RSI, Mem.at(ADDRESSES, NUMBER, Long.BYTES, 0));
        a.emit(ADD, Gpr.RSI, word(0));
        a.emit(widen, Gpr.RAX, Mem.at(Gpr.RSI, 0).sized(Byte.SIZE));
        a.emit(ADD, Gpr.RAX, word(1));
        a.emit(MOV, Mem.at(TARGET, 0), Gpr.RAX);
        a.emit(ADD, COMMAND, Imm.of(2 * Long.BYTES));
    }

    private void check(Label stopped) {
        a.emit(MOV, WORD, word(0));
        a.emit(CMP, WORD, Mem.at(TARGET, 0));
        a.emit(JNE, stopped);
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
    }

    private void skip() {
        var done = new Label("not left out");
        a.emit(MOV, WORD, word(0));
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
        a.emit(CMP, Mem.at(TARGET, 0).sized(Long.SIZE), Imm.of(0));
        a.emit(JNE, done);
        a.emit(ADD, COMMAND, WORD);
        a.bind(done);
    }

    private void copy(Gpr table) {
        a.emit(MOV, Gpr.RSI, Mem.at(table, NUMBER, Long.BYTES, 0));
        a.emit(ADD, Gpr.RSI, word(0));
        a.emit(MOV, COUNT, word(1));
        a.emit(ADD, COMMAND, Imm.of(2 * Long.BYTES));
        move(true);
    }

    private void clear() {
        a.emit(MOV, COUNT, word(0));
        a.emit(ADD, COMMAND, Imm.of(Long.BYTES));
        a.emit(XOR, Gpr.RAX.low32(), Gpr.RAX.low32());
        a.emit(VXORPS, VECTOR, VECTOR, VECTOR);
        move(false);
    }

    /// Moves rcx bytes from rsi to rdi, or what rax and the vector have: whole vectors, of which the last ends
    /// where the bytes end, or, where there are fewer, words and bytes.
    private void move(boolean loads) {
        var few = new Label("few");
        var more = new Label("more vectors");
        var last = new Label("last vector");
        a.emit(CMP, COUNT, Imm.of(VECTOR_BYTES));
        a.emit(JB, few);
        a.emit(SUB, COUNT, Imm.of(VECTOR_BYTES));
        a.emit(XOR, Gpr.RDX.low32(), Gpr.RDX.low32());
        a.bind(more);
        a.emit(CMP, Gpr.RDX, COUNT);
        a.emit(JAE, last);
        vector(loads, Gpr.RDX);
        a.emit(ADD, Gpr.RDX, Imm.of(VECTOR_BYTES));
        a.emit(JMP, more);
        a.bind(last);
        vector(loads, COUNT);
        a.emit(JMP, next);
        a.bind(few);
        pieces(loads, Long.BYTES);
        pieces(loads, 1);
    }

    private void vector(boolean loads, Gpr at) {
        if (loads) {
            a.emit(VMOVUPS, VECTOR, Mem.at(Gpr.RSI, at, 1, 0));
        }
        a.emit(VMOVUPS, Mem.at(TARGET, at, 1, 0), VECTOR);
    }

    private void pieces(boolean loads, int bytes) {
        var piece = new Label("pieces of " + bytes);
        var end = new Label("fewer than " + bytes);
        var copy = new StridedCopyCode(bytes);
        a.bind(piece);
        a.emit(CMP, COUNT, Imm.of(bytes));
        a.emit(JB, end);
        if (loads) {
            copy.load(a, Gpr.RAX, Mem.at(Gpr.RSI, 0));
            a.emit(ADD, Gpr.RSI, Imm.of(bytes));
        }
        copy.store(a, Mem.at(TARGET, 0), Gpr.RAX);
        a.emit(ADD, TARGET, Imm.of(bytes));
        a.emit(SUB, COUNT, Imm.of(bytes));
        a.emit(JMP, piece);
        a.bind(end);
    }
}
