package dev.balsa.kernel.elementwise;

import java.util.List;

/// The constants of [VectorMath], [PlainMath] and `FunctionCode`.
///
/// Every polynomial is a weighted minimax fit made for this engine: Lawson's iteratively reweighted least squares on a
/// thousand Chebyshev nodes, the weight being the derivative of the final relative error; then coefficients are rounded
/// to float from the lowest power up, the remaining ones fitted again after each. The error given is the largest
/// relative error of the function so approximated, with exact arithmetic. Arrays list the lowest power first.
///
/// Range reduction is that of Cody and Waite: a constant is split into a short first part, whose product with the
/// integer is exact, and the rest.
public final class Coefficients {
    /// Added to a float below 2^22, leaves its nearest integer in the low bits of the sum.
    public static final float ROUNDER = 0x1.8p23f;
    public static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    /// From here on every float is an integer.
    public static final float INTEGERS = 0x1p23f;

    public static final float LOG2_E = 0x1.715476p0f;
    /// ln 2 to 12 bits, and the rest.
    public static final float LN2_HIGH = 0x1.62ep-1f;
    public static final float LN2_LOW = (float) (StrictMath.log(2) - LN2_HIGH);
    /// It happens to be 40 times as close as floats are.
    public static final float LN2 = (float) StrictMath.log(2);
    /// Above it exp overflows, whatever the rounding.
    public static final float EXP_HIGHEST = 89f;
    /// Below it exp is less than half the smallest subnormal.
    public static final float EXP_LOWEST = -104f;

    /// From here on exp is a normal number.
    public static final float EXP_NORMAL = -87.33f;

    /// Between them 1 + exp(-x) and its reciprocal are normal numbers, and so is the power of two in exp(-x).
    public static final float LOGISTIC_LOWEST = -86.5f;
    public static final float LOGISTIC_HIGHEST = 87f;
    /// Less the bits of a positive number, the bits of its reciprocal, to 5.1 %: the best of such constants.
    public static final int RECIPROCAL_BITS = 0x7ef31000;

    /// (exp(r) - 1 - r) / r^2 for r within ln(2)/2 of 0; exp(r) - 1 to 1.4e-8.
    public static final float E0 = 0x1.fffffep-2f;
    public static final float E1 = 0x1.5554b2p-3f;
    public static final float E2 = 0x1.5556f4p-5f;
    public static final float E3 = 0x1.1226e6p-7f;
    public static final float E4 = 0x1.6b9bb8p-10f;

    /// The bits of sqrt(1/2): mantissas are brought into [sqrt(1/2), sqrt(2)).
    public static final int SQRT_HALF_BITS = 0x3f3504f3;
    /// Scales subnormals into the normal range, by 2^23.
    public static final float SUBNORMAL_SCALE = 0x1p23f;

    /// (log(1 + f) - f + f^2/2) / f^3 for 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) to 5.8e-9.
    public static final float L0 = 0x1.555554p-2f;
    public static final float L1 = -0x1.000226p-2f;
    public static final float L2 = 0x1.99a01cp-3f;
    public static final float L3 = -0x1.54728ap-3f;
    public static final float L4 = 0x1.22d92ep-3f;
    public static final float L5 = -0x1.0d8242p-3f;
    public static final float L6 = 0x1.055ec4p-3f;
    public static final float L7 = -0x1.38c9d4p-4f;

    /// (log(1 + z) - z) / z^2 for z from 0 to 1; log(1 + z) to 5.3e-9.
    public static final float N0 = -0x1.ffffd2p-2f;
    public static final float N1 = 0x1.554dd0p-2f;
    public static final float N2 = -0x1.ff23e8p-3f;
    public static final float N3 = 0x1.934b6ep-3f;
    public static final float N4 = -0x1.3a43dep-3f;
    public static final float N5 = 0x1.b4b07ap-4f;
    public static final float N6 = -0x1.d6b6eap-5f;
    public static final float N7 = 0x1.492044p-6f;
    public static final float N8 = -0x1.af5be0p-9f;

    /// Below it erf is x + x P(x^2), above it 1 - exp(Q(x)).
    public static final float ERF_SPLIT = 0.925f;
    /// From here on erf rounds to 1.
    public static final float ERF_ONE = 3.94f;

    /// erf(x)/x - 1 in powers of x^2 for x up to 0.95; erf to 2.7e-8.
    public static final float P0 = 0x1.06eba4p-3f;
    public static final float P1 = -0x1.8126aep-2f;
    public static final float P2 = 0x1.ce1200p-4f;
    public static final float P3 = -0x1.b6198ap-6f;
    public static final float P4 = 0x1.44c994p-8f;
    public static final float P5 = -0x1.30afa8p-11f;

    /// log(1 - erf(x)) for x from 0.90 to 3.95; erf to 1.7e-9.
    public static final float Q0 = -0x1.5d1052p-13f;
    public static final float Q1 = -0x1.20b752p+0f;
    public static final float Q2 = -0x1.4621bap-1f;
    public static final float Q3 = -0x1.aa7328p-4f;
    public static final float Q4 = 0x1.6d9d00p-6f;
    public static final float Q5 = -0x1.91cd90p-9f;
    public static final float Q6 = 0x1.9fb472p-13f;

    public static final float TWO_OVER_PI = (float) (2 / Math.PI);
    /// pi/2 in three floats, by fused multiply-adds; the parts beyond double precision are the known digits of
    /// pi/2, 1.5707963267948966 + 6.123233995736766e-17.
    public static final float HALF_PI_1 = (float) (Math.PI / 2);
    public static final float HALF_PI_2 = (float) (Math.PI / 2 - HALF_PI_1);
    public static final float HALF_PI_3 = (float) (Math.PI / 2 - HALF_PI_1 - HALF_PI_2 + 6.123233995736766e-17);
    /// Up to here the reduction by those parts is good to a fraction of an ulp.
    public static final float TRIGONOMETRIC_LIMIT = 12_800f;

    /// 2/pi in binary, from the place of 2^11 on; words from the highest down.
    public static final List<Integer> TWO_OVER_PI_BITS = List.of(
            0x000a_2f98, 0x36e4_e441, 0x529f_c275, 0x7d1f_534d, 0xdc0d_b629, 0x5993_c439, 0x041f_e516, 0x3abd_ebbc);

    /// (sin(r)/r - 1) / r^2 in powers of r^2 for r up to pi/4; sin to 4.0e-9.
    public static final float S0 = -0x1.555546p-3f;
    public static final float S1 = 0x1.110774p-7f;
    public static final float S2 = -0x1.9951f8p-13f;

    /// (cos(r) - 1 + r^2/2) / r^4 in powers of r^2 for r up to pi/4; cos to 1.2e-10.
    public static final float C0 = 0x1.55554ap-5f;
    public static final float C1 = -0x1.6c0c28p-10f;
    public static final float C2 = 0x1.99e80ep-16f;

    /// log(1 - erf(z)) / z for z up to 5.6; 1 - erf(z) to 2.0e-7 (1 + 0.3 z^2).
    public static final float G0 = -0x1.20ddf2p+0f;
    public static final float G1 = -0x1.45e6eap-1f;
    public static final float G2 = -0x1.a68f4ap-4f;
    public static final float G3 = 0x1.468d38p-6f;
    public static final float G4 = -0x1.6d1a18p-11f;
    public static final float G5 = -0x1.28fa5ep-10f;
    public static final float G6 = 0x1.dd0186p-12f;
    public static final float G7 = -0x1.8f8dccp-14f;
    public static final float G8 = 0x1.90b568p-17f;
    public static final float G9 = -0x1.c5b6fcp-21f;
    public static final float G10 = 0x1.bf0b00p-26f;

    /// Beyond it, gelu is x or, below 0, less than 1e-13 from 0.
    public static final float GELU_LIMIT = 7.8f;

    public static final float SQRT_HALF = (float) StrictMath.sqrt(0.5);
    /// sqrt(2/pi) and the cubic term of the tanh form of GELU (Hendrycks and Gimpel, 2016).
    public static final float GELU_SCALE = (float) StrictMath.sqrt(2 / Math.PI);
    public static final float GELU_CUBIC = 0.044715f;
    /// Beyond it tanh rounds to 1; a bound for exp(2 x) too.
    public static final float TANH_ONE = 10f;
    /// Beyond it mish(x) rounds to x.
    public static final float MISH_LINEAR = 20f;
    /// Below it exp(x) - 1 rounds to -1.
    public static final float EXPM1_LOWEST = -20f;

    private Coefficients() {}
}
