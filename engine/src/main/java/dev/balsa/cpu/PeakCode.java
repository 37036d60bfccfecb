package dev.balsa.cpu;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VBROADCASTSS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VXORPS;
import static dev.balsa.asm.AvxInstruction.VZEROUPPER;
import static dev.balsa.asm.FmaInstruction.VFMADD213PS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.RET;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;

/// Writes two routines for vectors of a width: the first multiplies and adds, the second reads. Both leave their sums
/// in memory, so that a test can see what they did.
final class PeakCode {
    /// Sums that do not wait for each other: more than a multiply-add's latency (four or five cycles) times the
    /// units that do them (two).
    static final int CHAINS = 12;

    /// Sums that reading adds to.
    static final int READ_SUMS = 8;

    private static final float FACTOR = 0.5f;
    private static final float SUMMAND = 1;
    /// Multiply-adds of a chain between two jumps.
    private static final int UNROLLED = 8;

    private static final int LOOP_ALIGNMENT = 64;

    private final int vectorBytes;
    private final byte[] bytes;
    private final int readAt;

    /// @param vectorBytes 32 for AVX2, 64 for AVX-512
    PeakCode(int vectorBytes) {
        this.vectorBytes = vectorBytes;
        var assembler = new Assembler();
        writeMultiplyAdd(assembler);
        assembler.align(LOOP_ALIGNMENT);
        readAt = assembler.size();
        writeRead(assembler);
        bytes = assembler.finish();
    }

    /// Both routines.
    byte[] bytes() {
        return bytes.clone();
    }

    /// Where the second begins, in bytes.
    int readAt() {
        return readAt;
    }

    /// Operations of the first in a turn.
    long operations() {
        return 2L * UNROLLED * CHAINS * vectorBytes / Float.BYTES;
    }

    /// Sums go to rdi; turns in rdx, one at least.
    private void writeMultiplyAdd(Assembler assembler) {
        var factor = vector(CHAINS);
        var summand = vector(CHAINS + 1);
        assembler.emit(VBROADCASTSS, factor, assembler.constant(Float.floatToRawIntBits(FACTOR)));
        assembler.emit(VBROADCASTSS, summand, assembler.constant(Float.floatToRawIntBits(SUMMAND)));
        clear(assembler, CHAINS);
        var loop = new Label("turn");
        assembler.align(LOOP_ALIGNMENT);
        assembler.bind(loop);
        for (int i = 0; i < UNROLLED * CHAINS; i++) {
            assembler.emit(VFMADD213PS, vector(i % CHAINS), factor, summand);
        }
        assembler.emit(DEC, Gpr.RDX);
        assembler.emit(JNE, loop);
        store(assembler, CHAINS);
    }

    /// Sums go to rdi; memory from rsi to rdx, as [PeakLoops#read] says.
    private void writeRead(Assembler assembler) {
        clear(assembler, READ_SUMS);
        var loop = new Label("read");
        assembler.align(LOOP_ALIGNMENT);
        assembler.bind(loop);
        for (int i = 0; i < READ_SUMS; i++) {
            assembler.emit(VADDPS, vector(i), vector(i), Mem.at(Gpr.RSI, i * vectorBytes));
        }
        int step = READ_SUMS * vectorBytes;
        assembler.emit(ADD, Gpr.RSI, Imm.of(step));
        assembler.emit(CMP, Gpr.RSI, Gpr.RDX);
        assembler.emit(JB, loop);
        store(assembler, READ_SUMS);
    }

    private Vec vector(int number) {
        return Vec.of(number, Byte.SIZE * vectorBytes);
    }

    private void clear(Assembler assembler, int count) {
        for (int i = 0; i < count; i++) {
            assembler.emit(VXORPS, vector(i), vector(i), vector(i));
        }
    }

    private void store(Assembler assembler, int count) {
        for (int i = 0; i < count; i++) {
            assembler.emit(VMOVUPS, Mem.at(Gpr.RDI, i * vectorBytes), vector(i));
        }
        assembler.emit(VZEROUPPER);
        assembler.emit(RET);
    }
}
