package dev.balsa.kernel.code;

import dev.balsa.asm.Vec;
import dev.balsa.kernel.elementwise.Coefficients;
import java.util.List;

/// Writes 1 / (1 + exp(-x)), and x times that, with AVX-512 and without a division.
final class LogisticCode {
    /// How many registers beside x rough ones overwrite, and others one more.
    static final int ROUGH_TEMPORARIES = 3;

    private static final int MANTISSA_BITS = 23;

    /// exp(-r) for r within half of ln 2 / 32 of 0, off by 5.3e-8 of itself at most: its series, whose third power is
    /// replaced by the line that stays closest to it.
    private static final List<Float> EXP_OF_LITTLE =
            List.of(1f, -(1 + Coefficients.LN2 * Coefficients.LN2 / (8 * 64 * 64)), 0.5f);
    /// 2^f for f from 0 to 1, off by 7.5e-5 of itself at most: the least that three powers can do, by Remez's
    /// algorithm.
    private static final List<Float> ROUGH_POWER_OF_TWO = List.of(0.9999252f, 0.69583356f, 0.22606716f, 0.07802452f);
    /// Roots of two in a table: as many as two registers hold.
    private static final int ROOTS = 32;
    private static final int ROOT_BITS = 5;

    private final Lanes lanes;
    private final Vec x;
    private final List<Vec> free;

    /// @param free as many registers as [FunctionCode#temporaries] says, which are overwritten
    LogisticCode(Lanes lanes, Vec x, List<Vec> free) {
        this.lanes = lanes;
        this.x = x;
        this.free = free;
    }

    /// Writes x = the function, off by up to 6 ulp.
    void write(boolean timesX) {
        logistic();
        if (timesX) {
            lanes.multiply(x, x, free.get(0));
        } else {
            lanes.move(x, free.get(0));
        }
        lanes.accumulate(x, x, free.get(1));
    }

    /// Writes x = the function as exact as a bfloat16 number shows, in half of the time: the exponential is off by
    /// 7.5e-5 of itself, and the reciprocal by 2^-14.
    void writeRough(boolean timesX) {
        var exponent = free.get(0);
        var fraction = free.get(1);
        var sum = free.get(2);
        lanes.load(exponent, lanes.all(Coefficients.LOGISTIC_LOWEST));
        lanes.max(x, exponent, x);
        lanes.multiply(exponent, x, lanes.all(-Coefficients.LOG2_E));
        lanes.fraction(fraction, exponent);
        lanes.polynomial(sum, fraction, ROUGH_POWER_OF_TWO);
        lanes.timesPowerOfTwo(sum, sum, exponent);
        lanes.add(sum, sum, lanes.all(1));
        if (timesX) {
            lanes.reciprocal(sum, sum);
            lanes.multiply(x, x, sum);
        } else {
            lanes.reciprocal(x, sum);
        }
    }

    /// The first free register = about 1 / (1 + exp(-x)), the second one = what it lacks for that, as a part of
    /// itself; x = the same, but not below a bound. A division would take a vector of 512 bits 16 cycles (Ice
    /// Lake and later; Fog, *Instruction tables*), more than all the rest. The reciprocal's first guess is
    /// corrected by 1 + e + e^2 where e is what it lacks. The exponential is a power of the 32nd root of two, of
    /// which a table holds one octave, times that of a rest so small that three terms do.
    private void logistic() {
        var rest = free.get(0);
        var power = free.get(1);
        var sum = free.get(2);
        lanes.load(rest, lanes.all(Coefficients.LOGISTIC_LOWEST));
        lanes.max(x, rest, x);
        lanes.load(rest, lanes.all(Coefficients.LOGISTIC_HIGHEST));
        lanes.min(rest, rest, x);
        var root = free.get(3);
        lanes.load(power, lanes.all(Coefficients.ROUNDER));
        lanes.accumulate(power, rest, lanes.all(-Coefficients.LOG2_E * ROOTS));
        lanes.subtract(sum, power, lanes.all(Coefficients.ROUNDER));
        lanes.accumulate(rest, sum, lanes.all(Coefficients.LN2 / ROOTS));
        lanes.lookUp(root, power, roots());
        lanes.shiftLeft(power, power, MANTISSA_BITS - ROOT_BITS);
        lanes.addIntegers(power, power, root);
        lanes.polynomial(sum, rest, EXP_OF_LITTLE);
        lanes.scale(sum, power, lanes.all(1));
        var inverse = rest;
        var lack = power;
        lanes.load(inverse, lanes.bits(Coefficients.RECIPROCAL_BITS));
        lanes.subtractIntegers(inverse, inverse, sum);
        lack(lack, sum, inverse);
        lanes.move(free.get(3), lack);
        lanes.scale(free.get(3), lack, lack);
        lanes.accumulate(inverse, inverse, free.get(3));
        lack(lack, sum, inverse);
    }

    /// The bits of the roots of two from 1 on, less what the low bits of their numbers add to them when these are
    /// shifted so that the others add to the exponent.
    private static int[] roots() {
        var bits = new int[ROOTS];
        for (int i = 0; i < ROOTS; i++) {
            float root = (float) StrictMath.pow(2, (double) i / ROOTS);
            bits[i] = Float.floatToRawIntBits(root) - (i << MANTISSA_BITS - ROOT_BITS);
        }
        return bits;
    }

    /// d = 1 - x inverse
    private void lack(Vec d, Vec x, Vec inverse) {
        lanes.load(d, lanes.all(1));
        lanes.subtractProduct(d, x, inverse);
    }
}
