package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.AvxInstruction.VCVTPD2PS;
import static dev.balsa.asm.AvxInstruction.VCVTPS2PD;
import static dev.balsa.asm.AvxInstruction.VEXTRACTF128;
import static dev.balsa.asm.AvxInstruction.VPERMILPS;
import static dev.balsa.asm.AvxInstruction.VUNPCKHPD;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import java.util.List;

/// Writes how the lanes of a vector become one number: by halves, so that it is always in the same order. Registers
/// are of the first 16.
public final class Across {
    private static final int XMM = 128;
    private static final int YMM = 256;
    private static final Imm SWAP_PAIRS = Imm.of(0x4E);
    private static final Imm SWAP_NEIGHBOURS = Imm.of(0xB1);

    private final Lanes lanes;
    private final Assembler a;
    private final Vec spare;

    /// d = x with y
    @FunctionalInterface
    public interface Fold {
        /// Writes the function of two vectors.
        void write(Vec d, Vec x, Operand y);
    }

    /// Appends to an assembler.
    ///
    /// @param spare overwritten by every method
    public Across(Lanes lanes, Vec spare) {
        this.lanes = lanes;
        this.a = lanes.assembler();
        this.spare = spare;
    }

    /// x = the fold of its floats, in all lanes
    public void floats(Vec x, Fold fold) {
        toQuarter(x, fold);
        var low = x.as(XMM);
        var other = spare.as(XMM);
        a.emit(VPERMILPS, other, low, SWAP_PAIRS);
        fold.write(low, low, other);
        a.emit(VPERMILPS, other, low, SWAP_NEIGHBOURS);
        fold.write(low, low, other);
        broadcast(x);
    }

    /// The lowest double of x = the fold of its doubles
    public void doubles(Vec x, Instruction fold) {
        toQuarter(x, (d, y, z) -> a.emit(fold, d, y, z));
        var low = x.as(XMM);
        var other = spare.as(XMM);
        a.emit(VUNPCKHPD, other, low, low);
        a.emit(fold, low, low, other);
    }

    private void toQuarter(Vec x, Fold fold) {
        if (x.bits() > YMM) {
            upperHalf(spare, x);
            fold.write(x.as(YMM), x.as(YMM), spare.as(YMM));
        }
        a.emit(VEXTRACTF128, spare.as(XMM), x.as(YMM), Imm.of(1));
        fold.write(x.as(XMM), x.as(XMM), spare.as(XMM));
    }

    private void upperHalf(Vec d, Vec x) {
        if (x.bits() > YMM) {
            a.emit(Avx512Instruction.VEXTRACTF64X4, d.as(YMM), x, Imm.of(1));
        } else {
            a.emit(VEXTRACTF128, d.as(XMM), x, Imm.of(1));
        }
    }

    /// low, high = the floats of x as doubles; high is not x
    public void widen(Vec low, Vec high, Vec x) {
        int half = x.bits() / 2;
        upperHalf(high, x);
        a.emit(VCVTPS2PD, high, high.as(half));
        a.emit(VCVTPS2PD, low, x.as(half));
    }

    /// sum, doubles = sum + the floats of all parts, added two by two and then as doubles; overwrites the parts
    ///
    /// @param parts a power of two
    public void addTo(Vec sum, List<Vec> parts) {
        var x = together(parts, lanes::add);
        widen(x, spare, x);
        a.emit(VADDPD, sum, sum, x);
        a.emit(VADDPD, sum, sum, spare);
    }

    /// The first part = the fold of all, two by two; overwrites others.
    ///
    /// @param parts a power of two
    public static Vec together(List<Vec> parts, Fold fold) {
        for (int apart = 1; apart < parts.size(); apart *= 2) {
            for (int i = 0; i < parts.size(); i += 2 * apart) {
                fold.write(parts.get(i), parts.get(i), parts.get(i + apart));
            }
        }
        return parts.getFirst();
    }

    /// The lowest float of d = the lowest double of x
    public void round(Vec d, Vec x) {
        a.emit(VCVTPD2PS, d.as(XMM), x.as(XMM));
    }

    /// x = its lowest float in all lanes
    public void broadcast(Vec x) {
        a.emit(AvxInstruction.VBROADCASTSS, x, x.as(XMM));
    }
}
