package dev.balsa.kernel.amx;

import static dev.balsa.asm.Avx512Instruction.VCVTNEPS2BF16;
import static dev.balsa.asm.Avx512Instruction.VPANDD;
import static dev.balsa.asm.AvxInstruction.VCMPPS;
import static dev.balsa.asm.AvxInstruction.VMOVAPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VSUBPS;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXWD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLD;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;

/// Writes how 16 floats are split into bfloat16 parts, each of them the rest of those before it rounded to nearest.
///
/// Finite floats have finite parts, also those that would be rounded to infinity: they are cut off. Infinity and
/// NaN are their own first part, and the others are zero. Denormal numbers are split as zeros. Takes zmm24 to
/// zmm31, k3 and k4.
final class Bfloat16Code {
    static final VectorUnit UNIT = VectorUnit.of(Isa.AMX).orElseThrow();

    private static final int HIGH_BITS = 0xFFFF_0000;
    private static final int ALL_BUT_SIGN = 0x7FFF_FFFF;
    /// The largest float that is not rounded to infinity.
    private static final int LARGEST = 0x7F7F_7FFF;

    private static final int INFINITY = 0x7F80_0000;
    /// Comparisons that are false for NaN (Intel SDM, volume 2, *CMPPS*).
    private static final int GREATER = 0x1E;

    private static final int LESS = 0x11;

    private static final Vec HIGH = Vec.zmm(31);
    private static final Vec MAGNITUDE = Vec.zmm(30);
    private static final Vec LIMIT = Vec.zmm(29);
    private static final Vec INFINITE = Vec.zmm(28);
    private static final Vec ROUNDED = Vec.zmm(27);
    private static final Vec SIZE = Vec.zmm(26);
    private static final Vec CUT = Vec.zmm(25);

    private static final Mask IS_LARGE = Mask.K3;
    private static final Mask IS_FINITE = Mask.K4;

    private final Assembler a;
    private final int parts;

    Bfloat16Code(Assembler assembler, int parts) {
        this.a = assembler;
        this.parts = parts;
    }

    /// Loads the constants.
    void begin() {
        var lanes = new Lanes(a, UNIT);
        a.emit(VMOVUPS, HIGH, lanes.bits(HIGH_BITS));
        a.emit(VMOVUPS, MAGNITUDE, lanes.bits(ALL_BUT_SIGN));
        a.emit(VMOVUPS, LIMIT, lanes.bits(LARGEST));
        a.emit(VMOVUPS, INFINITE, lanes.bits(INFINITY));
    }

    /// half = a part of x as 16-bit numbers, x = the rest for the parts that follow.
    ///
    /// @param part from 0, in order
    /// @param half a register of 256 bits
    void part(int part, Vec half, Vec x) {
        if (part == 0) {
            a.emit(VPANDD, SIZE, x, MAGNITUDE);
            a.emit(VCMPPS, IS_LARGE, SIZE, LIMIT, Imm.of(GREATER));
            a.emit(VMOVAPS, CUT, x);
            a.emit(VPANDD, CUT.mask(IS_LARGE), x, HIGH);
            a.emit(VCVTNEPS2BF16, half, CUT);
        } else {
            a.emit(VCVTNEPS2BF16, half, x);
        }
        if (part == parts - 1) {
            return;
        }
        widen(ROUNDED, half);
        if (part == 0) {
            a.emit(VCMPPS, IS_FINITE, SIZE, INFINITE, Imm.of(LESS));
            a.emit(VSUBPS, x.zero(IS_FINITE), x, ROUNDED);
        } else {
            a.emit(VSUBPS, x, x, ROUNDED);
        }
    }

    /// d = 16-bit numbers in the upper halves of the lanes: bfloat16 numbers as floats
    void widen(Vec d, Vec half) {
        a.emit(VPMOVZXWD, d, half);
        a.emit(VPSLLD, d, d, Imm.of(Short.SIZE));
    }
}
