package dev.balsa.cpu;

import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VXORPS;
import static dev.balsa.asm.AvxInstruction.VZEROUPPER;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;

/// Vector registers from the first on that hold sums.
///
/// @param count how many
/// @param vectorBytes the width of each
record PeakSums(int count, int vectorBytes) {
    /// A register, a sum or one behind the sums.
    Vec vector(int number) {
        return Vec.of(number, Byte.SIZE * vectorBytes);
    }

    int bytes() {
        return count * vectorBytes;
    }

    void clear(Assembler assembler) {
        for (int i = 0; i < count; i++) {
            assembler.emit(VXORPS, vector(i), vector(i), vector(i));
        }
    }

    /// To rdi; upper halves are cleared.
    void store(Assembler assembler) {
        for (int i = 0; i < count; i++) {
            assembler.emit(VMOVUPS, Mem.at(Gpr.RDI, i * vectorBytes), vector(i));
        }
        assembler.emit(VZEROUPPER);
    }
}
