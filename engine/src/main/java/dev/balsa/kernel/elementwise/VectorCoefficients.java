package dev.balsa.kernel.elementwise;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// [Coefficients] as vectors, all lanes alike. Linked only where the Vector API is present.
final class VectorCoefficients {
    static final FloatVector C0 = VectorMath.all(Coefficients.C0);
    static final FloatVector C1 = VectorMath.all(Coefficients.C1);
    static final FloatVector C2 = VectorMath.all(Coefficients.C2);
    static final FloatVector E0 = VectorMath.all(Coefficients.E0);
    static final FloatVector E1 = VectorMath.all(Coefficients.E1);
    static final FloatVector E2 = VectorMath.all(Coefficients.E2);
    static final FloatVector E3 = VectorMath.all(Coefficients.E3);
    static final FloatVector E4 = VectorMath.all(Coefficients.E4);
    static final FloatVector G0 = VectorMath.all(Coefficients.G0);
    static final FloatVector G1 = VectorMath.all(Coefficients.G1);
    static final FloatVector G2 = VectorMath.all(Coefficients.G2);
    static final FloatVector G3 = VectorMath.all(Coefficients.G3);
    static final FloatVector G4 = VectorMath.all(Coefficients.G4);
    static final FloatVector G5 = VectorMath.all(Coefficients.G5);
    static final FloatVector G6 = VectorMath.all(Coefficients.G6);
    static final FloatVector G7 = VectorMath.all(Coefficients.G7);
    static final FloatVector G8 = VectorMath.all(Coefficients.G8);
    static final FloatVector G9 = VectorMath.all(Coefficients.G9);
    static final FloatVector G10 = VectorMath.all(Coefficients.G10);
    static final FloatVector GELU_LIMIT = VectorMath.all(Coefficients.GELU_LIMIT);
    static final FloatVector L0 = VectorMath.all(Coefficients.L0);
    static final FloatVector L1 = VectorMath.all(Coefficients.L1);
    static final FloatVector L2 = VectorMath.all(Coefficients.L2);
    static final FloatVector L3 = VectorMath.all(Coefficients.L3);
    static final FloatVector L4 = VectorMath.all(Coefficients.L4);
    static final FloatVector L5 = VectorMath.all(Coefficients.L5);
    static final FloatVector L6 = VectorMath.all(Coefficients.L6);
    static final FloatVector L7 = VectorMath.all(Coefficients.L7);
    static final FloatVector N0 = VectorMath.all(Coefficients.N0);
    static final FloatVector N1 = VectorMath.all(Coefficients.N1);
    static final FloatVector N2 = VectorMath.all(Coefficients.N2);
    static final FloatVector N3 = VectorMath.all(Coefficients.N3);
    static final FloatVector N4 = VectorMath.all(Coefficients.N4);
    static final FloatVector N5 = VectorMath.all(Coefficients.N5);
    static final FloatVector N6 = VectorMath.all(Coefficients.N6);
    static final FloatVector N7 = VectorMath.all(Coefficients.N7);
    static final FloatVector N8 = VectorMath.all(Coefficients.N8);
    static final FloatVector P0 = VectorMath.all(Coefficients.P0);
    static final FloatVector P1 = VectorMath.all(Coefficients.P1);
    static final FloatVector P2 = VectorMath.all(Coefficients.P2);
    static final FloatVector P3 = VectorMath.all(Coefficients.P3);
    static final FloatVector P4 = VectorMath.all(Coefficients.P4);
    static final FloatVector P5 = VectorMath.all(Coefficients.P5);
    static final FloatVector Q0 = VectorMath.all(Coefficients.Q0);
    static final FloatVector Q1 = VectorMath.all(Coefficients.Q1);
    static final FloatVector Q2 = VectorMath.all(Coefficients.Q2);
    static final FloatVector Q3 = VectorMath.all(Coefficients.Q3);
    static final FloatVector Q4 = VectorMath.all(Coefficients.Q4);
    static final FloatVector Q5 = VectorMath.all(Coefficients.Q5);
    static final FloatVector Q6 = VectorMath.all(Coefficients.Q6);
    static final FloatVector S0 = VectorMath.all(Coefficients.S0);
    static final FloatVector S1 = VectorMath.all(Coefficients.S1);
    static final FloatVector S2 = VectorMath.all(Coefficients.S2);
    static final FloatVector ERF_ONE = VectorMath.all(Coefficients.ERF_ONE);
    static final FloatVector ERF_SPLIT = VectorMath.all(Coefficients.ERF_SPLIT);
    static final FloatVector EXPM1_LOWEST = VectorMath.all(Coefficients.EXPM1_LOWEST);
    static final FloatVector EXP_HIGHEST = VectorMath.all(Coefficients.EXP_HIGHEST);
    static final FloatVector EXP_NORMAL = VectorMath.all(Coefficients.EXP_NORMAL);
    static final FloatVector EXP_LOWEST = VectorMath.all(Coefficients.EXP_LOWEST);
    static final FloatVector GELU_CUBIC = VectorMath.all(Coefficients.GELU_CUBIC);
    static final FloatVector GELU_SCALE = VectorMath.all(Coefficients.GELU_SCALE);
    static final FloatVector HALF_PI_1 = VectorMath.all(Coefficients.HALF_PI_1);
    static final FloatVector HALF_PI_2 = VectorMath.all(Coefficients.HALF_PI_2);
    static final FloatVector HALF_PI_3 = VectorMath.all(Coefficients.HALF_PI_3);
    static final FloatVector INTEGERS = VectorMath.all(Coefficients.INTEGERS);
    static final FloatVector LN2_HIGH = VectorMath.all(Coefficients.LN2_HIGH);
    static final FloatVector MINUS_LN2_HIGH = VectorMath.all(-Coefficients.LN2_HIGH);
    static final FloatVector MINUS_LN2_LOW = VectorMath.all(-Coefficients.LN2_LOW);
    static final FloatVector LN2_LOW = VectorMath.all(Coefficients.LN2_LOW);
    static final FloatVector LOG2_E = VectorMath.all(Coefficients.LOG2_E);
    static final FloatVector MISH_LINEAR = VectorMath.all(Coefficients.MISH_LINEAR);
    static final FloatVector ROUNDER = VectorMath.all(Coefficients.ROUNDER);
    static final FloatVector SQRT_HALF = VectorMath.all(Coefficients.SQRT_HALF);
    static final FloatVector SUBNORMAL_SCALE = VectorMath.all(Coefficients.SUBNORMAL_SCALE);
    static final FloatVector TANH_ONE = VectorMath.all(Coefficients.TANH_ONE);
    static final FloatVector TWO_OVER_PI = VectorMath.all(Coefficients.TWO_OVER_PI);

    static final FloatVector ONE = VectorMath.all(1f);
    static final FloatVector TWO = VectorMath.all(2f);
    static final FloatVector HALF = VectorMath.all(0.5f);
    static final FloatVector MINUS_HALF = VectorMath.all(-0.5f);
    static final FloatVector ZERO = VectorMath.all(0f);
    static final FloatVector SUBNORMAL_BITS = VectorMath.all(23f);
    static final FloatVector INFINITY = VectorMath.all(Float.POSITIVE_INFINITY);
    static final FloatVector MINUS_INFINITY = VectorMath.all(Float.NEGATIVE_INFINITY);
    static final FloatVector NAN = VectorMath.all(Float.NaN);
    static final FloatVector LEAST_NORMAL = VectorMath.all(Float.MIN_NORMAL);

    static final IntVector ROUNDER_BITS = all(Coefficients.ROUNDER_BITS);
    static final IntVector SQRT_HALF_BITS = all(Coefficients.SQRT_HALF_BITS);
    static final IntVector EXPONENT_BIAS = all(127);
    static final IntVector ONE_BITS = all(Float.floatToRawIntBits(1f));
    static final IntVector SIGN = all(Integer.MIN_VALUE);

    private VectorCoefficients() {}

    private static IntVector all(int value) {
        return IntVector.broadcast(IntVector.SPECIES_PREFERRED, value);
    }
}
