package dev.balsa.kernel.reduce;

import static dev.balsa.kernel.elementwise.VectorMath.SPECIES;
import static dev.balsa.kernel.elementwise.VectorSpans.LANES;

import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.elementwise.UnaryLoop;
import dev.balsa.kernel.elementwise.VectorLoops;
import dev.balsa.kernel.elementwise.VectorMath;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// [FloatFolds] with the Vector API. Linked only where the module is present.
///
/// Lanes are added by halves and not by `reduceLanes`, whose order is not defined.
final class VectorFolds implements FloatFolds {
    private static final VectorFolds INSTANCE = new VectorFolds();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int BLOCK = 4_096;
    private static final UnaryLoop SHIFTED_EXP = VectorLoops.unary((x, shift, _) -> VectorMath.exp(x.sub(shift)));
    private static final VectorShuffle<Float> TURN_32 = turn(32);
    private static final VectorShuffle<Float> TURN_16 = turn(16);
    private static final VectorShuffle<Float> TURN_8 = turn(8);
    private static final VectorShuffle<Float> TURN_4 = turn(4);
    private static final VectorShuffle<Float> TURN_2 = turn(2);
    private static final VectorShuffle<Float> TURN_1 = turn(1);

    private VectorFolds() {}

    static VectorFolds instance() {
        return INSTANCE;
    }

    private static VectorShuffle<Float> turn(int by) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % LANES);
    }

    private static float across(FloatVector sum) {
        var v = sum;
        if (LANES > 32) {
            v = v.add(v.rearrange(TURN_32));
        }
        if (LANES > 16) {
            v = v.add(v.rearrange(TURN_16));
        }
        if (LANES > 8) {
            v = v.add(v.rearrange(TURN_8));
        }
        if (LANES > 4) {
            v = v.add(v.rearrange(TURN_4));
        }
        if (LANES > 2) {
            v = v.add(v.rearrange(TURN_2));
        }
        return v.add(v.rearrange(TURN_1)).lane(0);
    }

    @Override
    public double sum(MemorySegment source, long offset, int count) {
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            total += sumBlock(source, offset + ((long) i << 2), Math.min(BLOCK, count - i));
        }
        return total;
    }

    private static float sumBlock(MemorySegment s, long so, int n) {
        var a = VectorMath.all(0f);
        var b = a;
        var c = a;
        var d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
            b = b.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + LANES) << 2), ORDER));
            c = c.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 2 * LANES) << 2), ORDER));
            d = d.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 3 * LANES) << 2), ORDER));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
        }
        var total = across(a.add(b).add(c.add(d)));
        for (; i < n; i++) {
            total += PlainSpans.get(s, so, i);
        }
        return total;
    }

    @Override
    public double sumOfMagnitudes(MemorySegment source, long offset, int count) {
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            total += sumOfMagnitudesBlock(source, offset + ((long) i << 2), Math.min(BLOCK, count - i));
        }
        return total;
    }

    private static float sumOfMagnitudesBlock(MemorySegment s, long so, int n) {
        var a = VectorMath.all(0f);
        var b = a;
        var c = a;
        var d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER)
                    .abs());
            b = b.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + LANES) << 2), ORDER)
                    .abs());
            c = c.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 2 * LANES) << 2), ORDER)
                    .abs());
            d = d.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 3 * LANES) << 2), ORDER)
                    .abs());
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER)
                    .abs());
        }
        var total = across(a.add(b).add(c.add(d)));
        for (; i < n; i++) {
            total += Math.abs(PlainSpans.get(s, so, i));
        }
        return total;
    }

    @Override
    public double sumOfSquares(MemorySegment source, long offset, float center, int count) {
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            total += sumOfSquaresBlock(source, offset + ((long) i << 2), center, Math.min(BLOCK, count - i));
        }
        return total;
    }

    private static float sumOfSquaresBlock(MemorySegment s, long so, float center, int n) {
        var a = VectorMath.all(0f);
        var b = a;
        var c = a;
        var d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            var x = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER)
                    .sub(center);
            var y = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + LANES) << 2), ORDER)
                    .sub(center);
            var z = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 2 * LANES) << 2), ORDER)
                    .sub(center);
            var w = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + 3 * LANES) << 2), ORDER)
                    .sub(center);
            a = x.fma(x, a);
            b = y.fma(y, b);
            c = z.fma(z, c);
            d = w.fma(w, d);
        }
        for (; i <= n - LANES; i += LANES) {
            var x = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER)
                    .sub(center);
            a = x.fma(x, a);
        }
        var total = across(a.add(b).add(c.add(d)));
        for (; i < n; i++) {
            var x = PlainSpans.get(s, so, i) - center;
            total += x * x;
        }
        return total;
    }

    @Override
    public double sumOfExponentials(MemorySegment source, long offset, float shift, int count) {
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            total += sumOfExponentialsBlock(source, offset + ((long) i << 2), shift, Math.min(BLOCK, count - i));
        }
        return total;
    }

    private static float sumOfExponentialsBlock(MemorySegment s, long so, float shift, int n) {
        var a = VectorMath.all(0f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER);
            a = a.add(VectorMath.exp(x.sub(shift)));
        }
        var total = across(a);
        return i == n ? total : total + lastSum(s, so + ((long) i << 2), shift, n - i);
    }

    private static float lastSum(MemorySegment s, long so, float shift, int n) {
        var total = 0f;
        for (int i = 0; i < n; i++) {
            total += VectorMath.exp(VectorMath.all(PlainSpans.get(s, so, i) - shift))
                    .lane(0);
        }
        return total;
    }

    @Override
    public double exponentials(
            MemorySegment source, long offset, float shift, MemorySegment target, long targetOffset, int count) {
        // In two passes over what is in the first-level cache: one loop for both is too large to be compiled well.
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            var at = (long) i << 2;
            var n = Math.min(BLOCK, count - i);
            SHIFTED_EXP.apply(source, offset + at, target, targetOffset + at, n, shift, 0);
            total += sumBlock(target, targetOffset + at, n);
        }
        return total;
    }

    @Override
    public double product(MemorySegment source, long offset, int count) {
        return PlainFolds.instance().product(source, offset, count);
    }

    @Override
    public float max(MemorySegment s, long so, int n) {
        var a = VectorMath.all(Float.NEGATIVE_INFINITY);
        var b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = a.max(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
            b = b.max(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + LANES) << 2), ORDER));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.max(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
        }
        var result = a.max(b).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            result = Math.max(result, PlainSpans.get(s, so, i));
        }
        return result;
    }

    @Override
    public float min(MemorySegment s, long so, int n) {
        var a = VectorMath.all(Float.POSITIVE_INFINITY);
        var b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = a.min(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
            b = b.min(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) (i + LANES) << 2), ORDER));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.min(FloatVector.fromMemorySegment(SPECIES, s, so + ((long) i << 2), ORDER));
        }
        var result = a.min(b).reduceLanes(VectorOperators.MIN);
        for (; i < n; i++) {
            result = Math.min(result, PlainSpans.get(s, so, i));
        }
        return result;
    }
}
