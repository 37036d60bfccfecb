package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.AvxInstruction.VCVTPD2PS;
import static dev.balsa.asm.AvxInstruction.VMULPD;
import static dev.balsa.asm.AvxInstruction.VSUBPD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.IntegerVectorInstruction.VPADDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPERMD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMAXSD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPMULUDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLVD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLVD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBQ;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes.Comparison;
import dev.balsa.kernel.elementwise.Coefficients;
import java.util.Arrays;
import java.util.List;

/// Writes sine and cosine of floats of any size, to 2 ulp.
///
/// The argument becomes k pi/2 + r with r within pi/4 of 0: by three fused multiply-adds where it is small, and where a
/// lane is not, by the bits of 2/pi that count for its exponent (Payne and Hanek, 1983): the argument's 24 bits by 96
/// of them give the quadrant and 62 bits of the rest.
final class TrigonometricCode {
    private static final int MAGNITUDE = Integer.MAX_VALUE;
    private static final int MANTISSA_BITS = 23;
    private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
    private static final int IMPLICIT = 1 << MANTISSA_BITS;
    /// The exponent with its bias that the first of [Coefficients#TWO_OVER_PI_BITS] are for; not above that of
    /// [Coefficients#TRIGONOMETRIC_LIMIT].
    private static final int LEAST_EXPONENT = 140;

    private static final int WORD = 5;
    private static final int QUADRANT = 62;
    private static final long HALF = 1L << (QUADRANT - 1);
    private static final long REST = (1L << QUADRANT) - 1;
    private static final long LOW = 0xFFFF_FFFFL;
    /// Doubles whose low bits hold an integer: of 32 bits, and of 32 bits by 2^32 from -2^63 on.
    private static final double LOW_HOLDER = 0x1p52;

    private static final double HIGH_HOLDER = 0x1p84;
    private static final long HIGH_SIGN = 1L << (Integer.SIZE - 1);

    /// What is put aside on the stack while all registers are needed, and how many vectors that are.
    private static final int ARGUMENT_ASIDE = 0;

    private static final int QUADRANT_ASIDE = 1;
    private static final int REST_ASIDE = 2;
    /// Bits by which words are shifted up, and those that the next word gives.
    private static final int SHIFT_ASIDE = 3;

    private static final int COMPLEMENT_ASIDE = 4;
    private static final int ASIDE = 5;

    private final Lanes lanes;
    private final VectorUnit unit;
    private final Vec x;
    /// Its low bits are the quadrant.
    private final Vec k;
    private final Vec one;
    private final Vec r;
    private final List<Vec> more;

    /// @param free at least [FunctionCode#MOST_TEMPORARIES] registers that are overwritten
    TrigonometricCode(Lanes lanes, Vec x, List<Vec> free) {
        this.lanes = lanes;
        this.unit = lanes.unit();
        this.x = x;
        k = free.get(0);
        one = free.get(1);
        r = free.get(2);
        more = free.subList(3, FunctionCode.MOST_TEMPORARIES);
    }

    private void emit(Instruction instruction, Operand... operands) {
        lanes.assembler().emit(instruction, operands);
    }

    /// Writes x = sin(x + quadrant pi/2).
    void write(int quadrant) {
        var near = new Label("near");
        lanes.load(k, lanes.all(Coefficients.ROUNDER));
        lanes.accumulate(k, x, lanes.all(Coefficients.TWO_OVER_PI));
        lanes.subtract(one, k, lanes.all(Coefficients.ROUNDER));
        lanes.move(r, x);
        lanes.accumulate(r, one, lanes.all(-Coefficients.HALF_PI_1));
        lanes.accumulate(r, one, lanes.all(-Coefficients.HALF_PI_2));
        lanes.accumulate(r, one, lanes.all(-Coefficients.HALF_PI_3));
        lanes.and(one, x, lanes.bits(MAGNITUDE));
        lanes.testAny(one, Comparison.GREATER, lanes.all(Coefficients.TRIGONOMETRIC_LIMIT), more.getFirst());
        emit(JE, near);
        far();
        lanes.assembler().bind(near);
        if (quadrant != 0) {
            lanes.addIntegers(k, k, lanes.bits(quadrant));
        }
        ofRest();
    }

    /// x = the sine or cosine of r, as k tells.
    private void ofRest() {
        var t = one;
        var sine = more.get(0);
        var cosine = more.get(1);
        var other = more.get(2);
        lanes.multiply(t, r, r);
        polynomial(sine, t, Coefficients.S0, Coefficients.S1, Coefficients.S2);
        lanes.multiply(other, r, t);
        lanes.scale(sine, other, r);
        polynomial(cosine, t, Coefficients.C0, Coefficients.C1, Coefficients.C2);
        lanes.multiply(other, t, t);
        lanes.load(x, lanes.all(-0.5f));
        lanes.scale(x, t, lanes.all(1));
        lanes.scale(cosine, other, x);
        // All ones, which is no number, where the quadrant is odd.
        lanes.shiftLeft(other, k, Integer.SIZE - 1);
        lanes.shiftRight(other, other, Integer.SIZE - 1);
        lanes.select(x, other, Comparison.UNORDERED, other, cosine, sine, t);
        lanes.shiftLeft(k, k, Integer.SIZE - 2);
        lanes.and(k, k, lanes.bits(Integer.MIN_VALUE));
        lanes.xor(x, x, k);
    }

    private void polynomial(Vec d, Vec t, float c0, float c1, float c2) {
        lanes.load(d, lanes.all(c2));
        lanes.scale(d, t, lanes.all(c1));
        lanes.scale(d, t, lanes.all(c0));
    }

    private Mem aside(int what) {
        return Mem.at(Gpr.RSP, what * unit.bytes());
    }

    /// k and r of lanes beyond the limit; |x| is in `one`.
    private void far() {
        long bytes = (long) ASIDE * unit.bytes();
        emit(SUB, Gpr.RSP, Imm.of(bytes));
        lanes.store(aside(ARGUMENT_ASIDE), x);
        lanes.store(aside(QUADRANT_ASIDE), k);
        lanes.store(aside(REST_ASIDE), r);
        var mantissa = k;
        var even = one;
        var odd = r;
        var word = more.get(0);
        place(word);
        lanes.and(mantissa, one, lanes.bits(MANTISSA));
        lanes.or(mantissa, mantissa, lanes.bits(IMPLICIT));
        for (int i = 2; i >= 0; i--) {
            product(i, mantissa, word, even, odd);
        }
        rest(even, mantissa, word);
        rest(odd, x, word);
        // Even lanes, and odd ones above them.
        emit(VPSLLQ, odd, odd, Imm.of(Integer.SIZE));
        lanes.or(r, odd, even);
        emit(VPSLLQ, x, x, Imm.of(Integer.SIZE));
        lanes.or(k, mantissa, x);
        signs();
        emit(ADD, Gpr.RSP, Imm.of(bytes));
    }

    /// The word in which the bits for |x| begin, and by how much they are shifted there; overwrites x.
    private void place(Vec word) {
        emit(VPSRLD, word, one, Imm.of(MANTISSA_BITS));
        lanes.subtractIntegers(word, word, lanes.bits(LEAST_EXPONENT));
        lanes.zero(x);
        emit(VPMAXSD, word, word, x);
        lanes.and(x, word, lanes.bits(Integer.SIZE - 1));
        lanes.store(aside(SHIFT_ASIDE), x);
        lanes.load(more.get(1), lanes.bits(Integer.SIZE));
        lanes.subtractIntegers(x, more.get(1), x);
        lanes.store(aside(COMPLEMENT_ASIDE), x);
        emit(VPSRLD, word, word, Imm.of(WORD));
    }

    /// Adds the mantissa times word i to the highest 64 of 96 bits, for even and for odd lanes.
    private void product(int i, Vec mantissa, Vec word, Vec even, Vec odd) {
        var evenProduct = more.get(1);
        var oddProduct = more.get(2);
        lookUp(x, word, i);
        emit(VPSLLVD, x, x, aside(SHIFT_ASIDE));
        lookUp(evenProduct, word, i + 1);
        emit(VPSRLVD, evenProduct, evenProduct, aside(COMPLEMENT_ASIDE));
        lanes.or(x, x, evenProduct);
        emit(VPMULUDQ, evenProduct, mantissa, x);
        emit(VPSRLQ, x, x, Imm.of(Integer.SIZE));
        emit(VPSRLQ, oddProduct, mantissa, Imm.of(Integer.SIZE));
        emit(VPMULUDQ, oddProduct, oddProduct, x);
        switch (i) {
            case 2 -> {
                emit(VPSRLQ, even, evenProduct, Imm.of(Integer.SIZE));
                emit(VPSRLQ, odd, oddProduct, Imm.of(Integer.SIZE));
            }
            case 1 -> {
                emit(VPADDQ, even, even, evenProduct);
                emit(VPADDQ, odd, odd, oddProduct);
            }
            default -> {
                emit(VPSLLQ, evenProduct, evenProduct, Imm.of(Integer.SIZE));
                emit(VPADDQ, even, even, evenProduct);
                emit(VPSLLQ, oddProduct, oddProduct, Imm.of(Integer.SIZE));
                emit(VPADDQ, odd, odd, oddProduct);
            }
        }
    }

    private void lookUp(Vec d, Vec word, int further) {
        if (further == 0) {
            emit(VPERMD, d, word, table());
        } else {
            lanes.addIntegers(d, word, lanes.bits(further));
            emit(VPERMD, d, d, table());
        }
    }

    private Mem table() {
        var numbers = new long[unit.bytes() / Long.BYTES];
        for (int i = 0; i < Coefficients.TWO_OVER_PI_BITS.size(); i++) {
            numbers[i / 2] |= Integer.toUnsignedLong(Coefficients.TWO_OVER_PI_BITS.get(i)) << Integer.SIZE * (i % 2);
        }
        return lanes.assembler().constant(numbers);
    }

    /// Makes v, quarter turns in 64 bits of which two are whole ones, the float that is left of the angle; `quarters` =
    /// the nearest whole ones.
    private void rest(Vec v, Vec quarters, Vec low) {
        emit(VPADDQ, v, v, all(HALF));
        emit(VPSRLQ, quarters, v, Imm.of(QUADRANT));
        lanes.and(v, v, all(REST));
        emit(VPSUBQ, v, v, all(HALF));
        lanes.and(low, v, all(LOW));
        lanes.or(low, low, all(Double.doubleToRawLongBits(LOW_HOLDER)));
        emit(VSUBPD, low, low, all(Double.doubleToRawLongBits(LOW_HOLDER)));
        emit(VPSRLQ, v, v, Imm.of(Integer.SIZE));
        lanes.xor(v, v, all(HIGH_SIGN | Double.doubleToRawLongBits(HIGH_HOLDER)));
        emit(VSUBPD, v, v, all(Double.doubleToRawLongBits(HIGH_HOLDER + 0x1p63)));
        emit(VADDPD, v, v, low);
        emit(VMULPD, v, v, all(Double.doubleToRawLongBits(Math.PI / 2 * 0x1p-62)));
        var half = v.as(unit.bits() / 2);
        emit(VCVTPD2PS, half, v);
        emit(VPMOVZXDQ, v, half);
    }

    private Mem all(long value) {
        var numbers = new long[unit.bytes() / Long.BYTES];
        Arrays.fill(numbers, value);
        return lanes.assembler().constant(numbers);
    }

    /// From |x| to x, where it is beyond the limit; NaN of infinity.
    private void signs() {
        var sign = more.get(0);
        var other = more.get(1);
        lanes.load(x, aside(ARGUMENT_ASIDE));
        lanes.shiftRight(sign, x, Integer.SIZE - 1);
        lanes.xor(k, k, sign);
        lanes.subtractIntegers(k, k, sign);
        lanes.and(sign, sign, lanes.bits(Integer.MIN_VALUE));
        lanes.xor(r, r, sign);
        lanes.subtract(sign, x, x);
        lanes.add(r, r, sign);
        lanes.and(one, x, lanes.bits(MAGNITUDE));
        var limit = lanes.all(Coefficients.TRIGONOMETRIC_LIMIT);
        lanes.load(other, aside(REST_ASIDE));
        lanes.select(r, one, Comparison.GREATER, limit, r, other, sign);
        lanes.load(other, aside(QUADRANT_ASIDE));
        lanes.select(k, one, Comparison.GREATER, limit, k, other, sign);
    }
}
