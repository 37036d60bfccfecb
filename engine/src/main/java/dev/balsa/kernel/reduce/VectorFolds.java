package dev.balsa.kernel.reduce;

import static dev.balsa.kernel.elementwise.VectorSpans.LANES;
import static dev.balsa.kernel.elementwise.VectorSpans.load;
import static dev.balsa.kernel.elementwise.VectorSpans.store;
import static dev.balsa.kernel.elementwise.VectorSpans.tail;

import dev.balsa.kernel.elementwise.VectorMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// [FloatFolds] with the Vector API. Linked only where the module is present.
///
/// Lanes are added by halves and not by `reduceLanes`, whose order is not defined.
final class VectorFolds implements FloatFolds {
    private static final VectorFolds INSTANCE = new VectorFolds();
    private static final int BLOCK = 4_096;
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
        return VectorShuffle.fromOp(VectorMath.SPECIES, lane -> (lane + by) % LANES);
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
            a = a.add(load(s, so, i));
            b = b.add(load(s, so, i + LANES));
            c = c.add(load(s, so, i + 2 * LANES));
            d = d.add(load(s, so, i + 3 * LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.add(load(s, so, i));
        }
        if (i < n) {
            var mask = tail(n - i);
            b = b.blend(b.add(load(s, so, i, mask)), mask);
        }
        return across(a.add(b).add(c.add(d)));
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
            a = a.add(load(s, so, i).abs());
            b = b.add(load(s, so, i + LANES).abs());
            c = c.add(load(s, so, i + 2 * LANES).abs());
            d = d.add(load(s, so, i + 3 * LANES).abs());
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.add(load(s, so, i).abs());
        }
        if (i < n) {
            var mask = tail(n - i);
            b = b.blend(b.add(load(s, so, i, mask).abs()), mask);
        }
        return across(a.add(b).add(c.add(d)));
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
            var x = load(s, so, i).sub(center);
            var y = load(s, so, i + LANES).sub(center);
            var z = load(s, so, i + 2 * LANES).sub(center);
            var w = load(s, so, i + 3 * LANES).sub(center);
            a = x.fma(x, a);
            b = y.fma(y, b);
            c = z.fma(z, c);
            d = w.fma(w, d);
        }
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i).sub(center);
            a = x.fma(x, a);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask).sub(center);
            b = b.blend(x.fma(x, b), mask);
        }
        return across(a.add(b).add(c.add(d)));
    }

    @Override
    public double sumOfExponentials(MemorySegment source, long offset, float shift, int count) {
        var total = 0.0;
        var whole = count & -LANES;
        for (int i = 0; i < whole; i += BLOCK) {
            total += sumOfExponentialsBlock(source, offset + ((long) i << 2), shift, Math.min(BLOCK, whole - i));
        }
        return whole == count ? total : total + lastSum(source, offset + ((long) whole << 2), shift, count - whole);
    }

    private static float sumOfExponentialsBlock(MemorySegment s, long so, float shift, int n) {
        var a = VectorMath.all(0f);
        for (int i = 0; i < n; i += LANES) {
            a = a.add(VectorMath.exp(load(s, so, i).sub(shift)));
        }
        return across(a);
    }

    private static float lastSum(MemorySegment s, long so, float shift, int n) {
        var mask = tail(n);
        var y = VectorMath.exp(load(s, so, 0, mask).sub(shift));
        return across(VectorMath.all(0f).blend(y, mask));
    }

    @Override
    public double exponentials(
            MemorySegment source, long offset, float shift, MemorySegment target, long targetOffset, int count) {
        // In two passes over what is in the first-level cache: one loop for both is too large to be compiled well.
        var total = 0.0;
        for (int i = 0; i < count; i += BLOCK) {
            var at = (long) i << 2;
            var n = Math.min(BLOCK, count - i);
            var whole = n & -LANES;
            storeExponentials(source, offset + at, shift, target, targetOffset + at, whole);
            if (whole < n) {
                var last = at + ((long) whole << 2);
                storeLastExponentials(source, offset + last, shift, target, targetOffset + last, n - whole);
            }
            total += sumBlock(target, targetOffset + at, n);
        }
        return total;
    }

    private static void storeExponentials(MemorySegment s, long so, float shift, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            store(VectorMath.exp(load(s, so, i).sub(shift)), t, to, i);
        }
    }

    private static void storeLastExponentials(MemorySegment s, long so, float shift, MemorySegment t, long to, int n) {
        var mask = tail(n);
        store(VectorMath.exp(load(s, so, 0, mask).sub(shift)), t, to, 0, mask);
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
            a = a.max(load(s, so, i));
            b = b.max(load(s, so, i + LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.max(load(s, so, i));
        }
        if (i < n) {
            var mask = tail(n - i);
            b = b.blend(b.max(load(s, so, i, mask)), mask);
        }
        return a.max(b).reduceLanes(VectorOperators.MAX);
    }

    @Override
    public float min(MemorySegment s, long so, int n) {
        var a = VectorMath.all(Float.POSITIVE_INFINITY);
        var b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = a.min(load(s, so, i));
            b = b.min(load(s, so, i + LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.min(load(s, so, i));
        }
        if (i < n) {
            var mask = tail(n - i);
            b = b.blend(b.min(load(s, so, i, mask)), mask);
        }
        return a.min(b).reduceLanes(VectorOperators.MIN);
    }
}
