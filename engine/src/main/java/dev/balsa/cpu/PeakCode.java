package dev.balsa.cpu;

import static dev.balsa.asm.AvxInstruction.VADDPS;
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
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// Writes routines for vectors of a width: one reads, the others multiply and add, each on its unit. All leave their
/// sums in memory, so that a test can see what they did.
final class PeakCode {
    /// Memory that the sums of any routine fit into.
    static final int SUM_BYTES = 4096;

    /// Sums that reading adds to.
    private static final int READ_SUMS = 8;

    private static final int LOOP_ALIGNMENT = 64;

    private final int vectorBytes;
    private final PeakSums readSums;
    private final Map<PeakUnit, Integer> places = new EnumMap<>(PeakUnit.class);
    private final byte[] bytes;

    /// @param vectorBytes 32 for AVX2, 64 for AVX-512
    /// @param units what to write multiply-adds for
    PeakCode(int vectorBytes, Set<PeakUnit> units) {
        this.vectorBytes = vectorBytes;
        readSums = new PeakSums(READ_SUMS, vectorBytes);
        var assembler = new Assembler();
        writeRead(assembler);
        for (var unit : units) {
            assembler.align(LOOP_ALIGNMENT);
            places.put(unit, assembler.size());
            writeMultiplyAdd(assembler, products(unit));
        }
        bytes = assembler.finish();
    }

    private PeakProducts products(PeakUnit unit) {
        return PeakProducts.of(unit, vectorBytes);
    }

    /// All routines.
    byte[] bytes() {
        return bytes.clone();
    }

    /// What there are multiply-adds of.
    Set<PeakUnit> units() {
        return Collections.unmodifiableSet(places.keySet());
    }

    /// Where the routine that reads begins, in bytes.
    int readAt() {
        return 0;
    }

    /// How much the sums of reading take.
    int readSumBytes() {
        return readSums.bytes();
    }

    /// Where the multiply-adds of a unit begin, in bytes.
    ///
    /// @throws IllegalArgumentException if there are none
    int multiplyAddAt(PeakUnit unit) {
        var place = places.get(unit);
        if (place == null) {
            throw new IllegalArgumentException("peak code: expected one of " + units() + ", found " + unit);
        }
        return place;
    }

    /// Operations of a unit in a turn.
    long operations(PeakUnit unit) {
        return 2 * products(unit).multiplyAdds();
    }

    /// How much the sums of a unit take.
    int sumBytes(PeakUnit unit) {
        return products(unit).sumBytes();
    }

    /// Sums go to rdi; turns in rdx, one at least.
    private static void writeMultiplyAdd(Assembler assembler, PeakProducts products) {
        var loop = new Label("turn");
        products.begin(assembler);
        assembler.align(LOOP_ALIGNMENT);
        assembler.bind(loop);
        products.turn(assembler);
        assembler.emit(DEC, Gpr.RDX);
        assembler.emit(JNE, loop);
        products.end(assembler);
        assembler.emit(RET);
    }

    /// Sums go to rdi; memory from rsi to rdx, as [PeakLoops#read] says.
    private void writeRead(Assembler assembler) {
        readSums.clear(assembler);
        var loop = new Label("read");
        assembler.align(LOOP_ALIGNMENT);
        assembler.bind(loop);
        for (int i = 0; i < READ_SUMS; i++) {
            var sum = readSums.vector(i);
            assembler.emit(VADDPS, sum, sum, Mem.at(Gpr.RSI, i * vectorBytes));
        }
        assembler.emit(ADD, Gpr.RSI, Imm.of(readSums.bytes()));
        assembler.emit(CMP, Gpr.RSI, Gpr.RDX);
        assembler.emit(JB, loop);
        readSums.store(assembler);
        assembler.emit(RET);
    }
}
