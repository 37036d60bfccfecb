package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.AvxInstruction.VCVTPD2PS;
import static dev.balsa.asm.AvxInstruction.VCVTPS2PD;
import static dev.balsa.asm.AvxInstruction.VDIVPD;
import static dev.balsa.asm.AvxInstruction.VMAXPD;
import static dev.balsa.asm.AvxInstruction.VMINPD;
import static dev.balsa.asm.AvxInstruction.VMOVUPD;
import static dev.balsa.asm.AvxInstruction.VMULPD;
import static dev.balsa.asm.AvxInstruction.VSUBPD;
import static dev.balsa.asm.FmaInstruction.VFMADD213PD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.IntegerVectorInstruction.VPADDQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSLLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSRLQ;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBQ;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes.Comparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes powers of floats, to 1 ulp: 2 to the power of y log2(|x|) in double precision, half a vector at a time, and
/// what
/// C's `pow` makes of signs, zeros, infinities and NaN; but -1 to the power of an infinity is NaN, as in the plain
/// definition.
final class PowerCode {
    private static final int MANTISSA_BITS = 52;
    private static final long ONE_BITS = Double.doubleToRawLongBits(1);
    /// Mantissas are brought into [sqrt(1/2), sqrt(2)).
    private static final long SQRT_HALF_BITS = Double.doubleToRawLongBits(Math.sqrt(0.5));
    /// Added to exponents, so that none is negative.
    private static final long BIAS = 1024;

    /// A double whose low bits hold an integer, and one that rounds to integers when it is added.
    private static final double HOLDER = 0x1p52;

    private static final double ROUNDER = 0x1.8p52;
    /// Logarithms of results beyond the floats.
    private static final double FAR = 200;
    /// Terms of the series of the logarithm in (m - 1) / (m + 1), to 2e-12, and of the exponential, to 2e-10.
    private static final int LOG_TERMS = 7;

    private static final int EXP_TERMS = 9;

    /// What is on the stack meanwhile, and how many vectors that are.
    private static final int BASE = 0;

    private static final int EXPONENT = 1;
    private static final int RESULT = 2;
    private static final int ASIDE = 3;

    private static final int SIGN = Integer.MIN_VALUE;

    private final Lanes lanes;
    private final VectorUnit unit;
    private final Vec x;
    private final List<Vec> free;

    /// @param free at least [FunctionCode#MOST_TEMPORARIES] registers that are overwritten
    PowerCode(Lanes lanes, Vec x, List<Vec> free) {
        this.lanes = lanes;
        this.unit = lanes.unit();
        this.x = x;
        this.free = free;
    }

    private Mem aside(int what) {
        return Mem.at(Gpr.RSP, what * unit.bytes());
    }

    private void emit(Instruction instruction, Operand... operands) {
        lanes.assembler().emit(instruction, operands);
    }

    /// Writes x = x to the power of y, which may be one of the free registers.
    void write(Vec y) {
        long bytes = (long) ASIDE * unit.bytes();
        emit(SUB, Gpr.RSP, Imm.of(bytes));
        lanes.store(aside(BASE), x);
        lanes.store(aside(EXPONENT), y);
        half(0);
        half(unit.bytes() / 2);
        lanes.load(x, aside(BASE));
        lanes.load(free.get(0), aside(EXPONENT));
        lanes.load(free.get(1), aside(RESULT));
        emit(ADD, Gpr.RSP, Imm.of(bytes));
        special(free.get(0), free.get(1));
    }

    /// The result for |x|, a positive number, of the half of the lanes at `at`.
    private void half(int at) {
        var z = free.get(0);
        var other = free.get(1);
        var sum = free.get(2);
        emit(VCVTPS2PD, x, aside(BASE).plus(at));
        lanes.and(x, x, bits(Long.MAX_VALUE));
        // The exponent with its bias, and the mantissa.
        emit(VPSUBQ, z, x, bits(SQRT_HALF_BITS - (BIAS << MANTISSA_BITS)));
        emit(VPSRLQ, z, z, Imm.of(MANTISSA_BITS));
        emit(VPSLLQ, other, z, Imm.of(MANTISSA_BITS));
        emit(VPSUBQ, x, x, other);
        emit(VPADDQ, x, x, bits(BIAS << MANTISSA_BITS));
        lanes.or(z, z, all(HOLDER));
        emit(VSUBPD, z, z, all(HOLDER + BIAS));
        emit(VADDPD, other, x, all(1));
        emit(VSUBPD, x, x, all(1));
        emit(VDIVPD, x, x, other);
        emit(VMULPD, other, x, x);
        polynomial(sum, other, logarithm());
        emit(VMULPD, sum, sum, x);
        emit(VADDPD, z, z, sum);
        emit(VCVTPS2PD, other, aside(EXPONENT).plus(at));
        emit(VMULPD, z, z, other);
        // NaN stays: it is the second operand.
        emit(VMOVUPD, other, all(-FAR));
        emit(VMAXPD, z, other, z);
        emit(VMOVUPD, other, all(FAR));
        emit(VMINPD, z, other, z);
        emit(VADDPD, other, z, all(ROUNDER));
        emit(VSUBPD, sum, other, all(ROUNDER));
        emit(VSUBPD, z, z, sum);
        polynomial(sum, z, exponential());
        emit(VPSLLQ, other, other, Imm.of(MANTISSA_BITS));
        emit(VPADDQ, other, other, bits(ONE_BITS));
        emit(VMULPD, sum, sum, other);
        var narrow = sum.as(unit.bits() / 2);
        emit(VCVTPD2PS, narrow, sum);
        lanes.store(aside(RESULT).plus(at), narrow);
    }

    /// log2(m) / s in powers of s^2, where s = (m - 1) / (m + 1).
    private static List<Double> logarithm() {
        var terms = new ArrayList<Double>();
        for (int i = 0; i < LOG_TERMS; i++) {
            terms.add(2 / StrictMath.log(2) / (2 * i + 1));
        }
        return terms;
    }

    /// 2^z in powers of z.
    private static List<Double> exponential() {
        var terms = new ArrayList<Double>();
        double term = 1;
        for (int i = 0; i < EXP_TERMS; i++) {
            terms.add(term);
            term *= StrictMath.log(2) / (i + 1);
        }
        return terms;
    }

    private void polynomial(Vec d, Vec t, List<Double> coefficients) {
        emit(VMOVUPD, d, all(coefficients.getLast()));
        for (double coefficient : coefficients.reversed().subList(1, coefficients.size())) {
            emit(VFMADD213PD, d, t, all(coefficient));
        }
    }

    private Mem all(double value) {
        return bits(Double.doubleToRawLongBits(value));
    }

    private Mem bits(long value) {
        var numbers = new long[unit.bytes() / Long.BYTES];
        Arrays.fill(numbers, value);
        return lanes.assembler().constant(numbers);
    }

    /// From the power of |x| to that of x, in x.
    private void special(Vec y, Vec result) {
        var magnitude = free.get(2);
        var spare = free.get(3);
        var zero = free.get(4);
        var other = free.get(5);
        lanes.zero(zero);
        lanes.and(magnitude, x, lanes.bits(~SIGN));
        // Negative numbers have powers of integers only.
        lanes.round(spare, y);
        lanes.select(other, spare, Comparison.EQUAL, y, zero, x, other);
        lanes.select(result, other, Comparison.LESS, zero, lanes.all(Float.NaN), result, other);
        // Zeros and infinities become one another where y is negative.
        lanes.load(other, lanes.all(1));
        lanes.divide(other, other, magnitude);
        lanes.select(other, y, Comparison.LESS, zero, other, magnitude, spare);
        lanes.select(result, magnitude, Comparison.EQUAL, zero, other, result, spare);
        var infinity = lanes.all(Float.POSITIVE_INFINITY);
        lanes.select(result, magnitude, Comparison.EQUAL, infinity, other, result, spare);
        sign(y, result, zero);
        lanes.add(other, x, y);
        lanes.select(result, x, Comparison.UNORDERED, y, other, result, spare);
        lanes.load(other, lanes.all(1));
        lanes.select(result, x, Comparison.EQUAL, other, other, result, spare);
        lanes.select(x, y, Comparison.EQUAL, zero, other, result, spare);
    }

    /// Gives the result the sign of x where y is odd.
    private void sign(Vec y, Vec result, Vec zero) {
        var sign = free.get(2);
        var spare = free.get(3);
        var other = free.get(5);
        lanes.and(sign, x, lanes.bits(SIGN));
        lanes.round(spare, y);
        lanes.select(sign, spare, Comparison.EQUAL, y, sign, zero, spare);
        lanes.multiply(spare, y, lanes.all(0.5f));
        lanes.round(other, spare);
        lanes.select(sign, other, Comparison.EQUAL, spare, zero, sign, other);
        lanes.xor(result, result, sign);
    }
}
