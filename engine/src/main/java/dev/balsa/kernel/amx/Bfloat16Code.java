package dev.balsa.kernel.amx;

import static dev.balsa.asm.Avx512Instruction.VCVTNE2PS2BF16;
import static dev.balsa.asm.Avx512Instruction.VCVTNEPS2BF16;
import static dev.balsa.asm.Avx512Instruction.VPANDD;
import static dev.balsa.asm.Avx512Instruction.VPCMPUD;
import static dev.balsa.asm.Avx512Instruction.VPERMW;
import static dev.balsa.asm.AvxInstruction.VCMPPS;
import static dev.balsa.asm.AvxInstruction.VMOVAPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VSUBPS;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.IntegerVectorInstruction.VPADDD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMAXUD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXWD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLD;
import static dev.balsa.asm.MaskInstruction.KMOVD;
import static dev.balsa.asm.MaskInstruction.KORTESTW;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;

/// Writes how floats are split into bfloat16 parts, each of them the rest of those before it rounded to nearest.
///
/// Finite floats have finite parts, also those that would be rounded to infinity: they are cut off. Infinity and
/// NaN are their own first part, and the others are zero. Denormal numbers are split as zeros. Takes zmm21 to
/// zmm31 and k2 to k4.
public final class Bfloat16Code {
    static final VectorUnit UNIT = VectorUnit.of(Isa.AMX).orElseThrow();

    /// The first of the vector registers that are taken.
    public static final int FIRST_TAKEN = 21;

    private static final int LANES = 16;
    private static final int HALF_BITS = 256;
    /// Every other bit.
    private static final int ODD = 0xAAAA_AAAA;

    private static final int HIGH_BITS = 0xFFFF_0000;
    private static final int ALL_BUT_SIGN = 0x7FFF_FFFF;
    /// The largest float that is not rounded to infinity.
    private static final int LARGEST = 0x7F7F_7FFF;

    /// Half of it, doubled as magnitudes are: sums and differences of two that are not beyond are ordinary.
    static final int HALF_LARGEST = LARGEST - 0x0080_0000 << 1;

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

    private static final Vec TWICE_LIMIT = Vec.zmm(24);
    private static final Vec FIRST = Vec.zmm(23);
    private static final Vec SECOND = Vec.zmm(22);
    private static final Vec PAIR = Vec.zmm(FIRST_TAKEN);
    /// Unsigned comparison (Intel SDM, volume 2, *VPCMPUD*).
    private static final int NOT_LESS_OR_EQUAL = 6;

    private static final Mask UPPER_HALVES = Mask.K2;
    private static final Mask IS_LARGE = Mask.K3;
    private static final Mask IS_FINITE = Mask.K4;

    private final Assembler a;
    private final int parts;

    /// Appends to an assembler.
    ///
    /// @param parts into which floats are split
    public Bfloat16Code(Assembler assembler, int parts) {
        this.a = assembler;
        this.parts = parts;
    }

    /// Loads the constants; takes rax.
    public void begin() {
        var lanes = new Lanes(a, UNIT);
        a.emit(VMOVUPS, HIGH, lanes.bits(HIGH_BITS));
        a.emit(VMOVUPS, MAGNITUDE, lanes.bits(ALL_BUT_SIGN));
        a.emit(VMOVUPS, LIMIT, lanes.bits(LARGEST));
        a.emit(VMOVUPS, INFINITE, lanes.bits(INFINITY));
        a.emit(VMOVUPS, TWICE_LIMIT, lanes.bits(LARGEST << 1));
        a.emit(VMOVUPS, FIRST, a.constant(upperHalves(0)));
        a.emit(VMOVUPS, SECOND, a.constant(upperHalves(LANES)));
        a.emit(MOV, Gpr.RAX.low32(), Imm.of(ODD));
        a.emit(KMOVD, UPPER_HALVES, Gpr.RAX.low32());
    }

    /// For each lane, in its upper half, the 16-bit number that belongs there, from a number on.
    private static long[] upperHalves(int from) {
        var words = new long[LANES / 2];
        for (int i = 0; i < LANES; i++) {
            words[i / 2] |= (long) (from + i) << (i % 2 * Integer.SIZE + Short.SIZE);
        }
        return words;
    }

    /// Splits 32 floats; changes x and y, which hold 16 each.
    ///
    /// @param target writes where a part goes, and so many bytes behind
    public void split(Vec x, Vec y, Target target) {
        var ordinary = new Label("no large number");
        var end = new Label("end of split");
        magnitudes(SIZE, x, y);
        testLarge(SIZE, TWICE_LIMIT);
        a.emit(JE, ordinary);
        var half = PAIR.as(HALF_BITS);
        for (int part = 0; part < parts; part++) {
            part(part, half, x);
            a.emit(VMOVUPS, target.of(part, 0), half);
        }
        for (int part = 0; part < parts; part++) {
            part(part, half, y);
            a.emit(VMOVUPS, target.of(part, HALF_BITS / Byte.SIZE), half);
        }
        a.emit(JMP, end);
        a.bind(ordinary);
        splitOrdinary(x, y, target);
        a.bind(end);
    }

    /// d = the larger magnitudes of two vectors' lanes: twice their bits, as unsigned integers, which NaN has most of.
    void magnitudes(Vec d, Vec x, Vec y) {
        a.emit(VPADDD, d, x, x);
        a.emit(VPADDD, CUT, y, y);
        a.emit(VPMAXUD, d, d, CUT);
    }

    /// Sets the zero flag if none of these magnitudes is beyond a limit.
    void testLarge(Vec magnitudes, Vec limit) {
        a.emit(VPCMPUD, IS_LARGE, magnitudes, limit, Imm.of(NOT_LESS_OR_EQUAL));
        a.emit(KORTESTW, IS_LARGE, IS_LARGE);
    }

    /// Splits 32 floats of which none would be rounded to infinity, or is that or NaN; else as [#split].
    void splitOrdinary(Vec x, Vec y, Target target) {
        for (int part = 0; part < parts; part++) {
            a.emit(VCVTNE2PS2BF16, PAIR, y, x);
            a.emit(VMOVUPS, target.of(part, 0), PAIR);
            if (part < parts - 1) {
                a.emit(VPERMW, ROUNDED.zero(UPPER_HALVES), FIRST, PAIR);
                a.emit(VPERMW, CUT.zero(UPPER_HALVES), SECOND, PAIR);
                a.emit(VSUBPS, x, x, ROUNDED);
                a.emit(VSUBPS, y, y, CUT);
            }
        }
    }

    /// Splits 32 floats as [#split] or, if they are known to be finite and far from the largest one, or NaN, in fewer
    /// instructions.
    ///
    /// @param areBounded whether they are
    public void split(Vec x, Vec y, boolean areBounded, Target target) {
        if (areBounded) {
            splitOrdinary(x, y, target);
        } else {
            split(x, y, target);
        }
    }

    /// Where parts go.
    @FunctionalInterface
    public interface Target {
        /// The place of a part's first numbers, and so many bytes behind.
        Mem of(int part, int bytes);
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
