package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// [FloatSpans] with the Vector API, and how its loops reach memory. Linked only where the module is present.
public final class VectorSpans implements FloatSpans {
    private static final VectorSpans INSTANCE = new VectorSpans();
    /// Elements per vector.
    public static final int LANES = VectorMath.SPECIES.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /// The even lanes, in the lower half and again in the upper half.
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(VectorMath.SPECIES, lane -> 2 * lane % LANES);
    private static final VectorMask<Float> UPPER = VectorMath.SPECIES.indexInRange(-LANES / 2, LANES / 2);

    private VectorSpans() {}

    static VectorSpans instance() {
        return INSTANCE;
    }

    /// The elements from `index` on of the floats at byte `offset`.
    public static FloatVector load(MemorySegment s, long offset, int index) {
        return FloatVector.fromMemorySegment(VectorMath.SPECIES, s, offset + ((long) index << 2), ORDER);
    }

    /// The same under a mask; lanes outside are 0 and not read.
    public static FloatVector load(MemorySegment s, long offset, int index, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(VectorMath.SPECIES, s, offset + ((long) index << 2), ORDER, mask);
    }

    /// Stores a vector to `index` and the following of the floats at byte `offset`.
    public static void store(FloatVector v, MemorySegment t, long offset, int index) {
        v.intoMemorySegment(t, offset + ((long) index << 2), ORDER);
    }

    /// The same under a mask; lanes outside are not written.
    public static void store(FloatVector v, MemorySegment t, long offset, int index, VectorMask<Float> mask) {
        v.intoMemorySegment(t, offset + ((long) index << 2), ORDER, mask);
    }

    /// The first `count` lanes.
    public static VectorMask<Float> tail(int count) {
        return VectorMath.SPECIES.indexInRange(0, count);
    }

    @Override
    public void unary(
            UnaryFunction function,
            float alpha,
            float beta,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        VectorUnarySpans.apply(function, alpha, beta, source, sourceOffset, target, targetOffset, count);
    }

    @Override
    public void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            MemorySegment other,
            long otherOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        VectorBinarySpans.apply(function, source, sourceOffset, other, otherOffset, target, targetOffset, count);
    }

    @Override
    public void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            float other,
            MemorySegment target,
            long targetOffset,
            int count) {
        VectorBinarySpans.apply(function, source, sourceOffset, other, target, targetOffset, count);
    }

    @Override
    public void standardize(
            MemorySegment s, long so, float center, float factor, float shift, MemorySegment t, long to, int n) {
        var f = VectorMath.all(factor);
        var b = VectorMath.all(shift);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            store(load(s, so, i).sub(center).fma(f, b), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            store(load(s, so, i, mask).sub(center).fma(f, b), t, to, i, mask);
        }
    }

    @Override
    public void standardize(
            MemorySegment s,
            long so,
            float center,
            float factor,
            MemorySegment scales,
            MemorySegment shifts,
            MemorySegment t,
            long to,
            int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var y = load(s, so, i).sub(center).mul(factor);
            store(y.fma(load(scales, 0, i), load(shifts, 0, i)), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var y = load(s, so, i, mask).sub(center).mul(factor);
            store(y.fma(load(scales, 0, i, mask), load(shifts, 0, i, mask)), t, to, i, mask);
        }
    }

    @Override
    public void everySecond(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        // A pair of vectors ends one element after the last that is asked for, hence the strict bound.
        for (; i < n - LANES; i += LANES) {
            var low = load(s, so, 2 * i).rearrange(EVEN);
            var high = load(s, so, 2 * i + LANES).rearrange(EVEN);
            store(low.blend(high, UPPER), t, to, i);
        }
        for (; i < n; i++) {
            PlainSpans.set(PlainSpans.get(s, so, 2 * i), t, to, i);
        }
    }
}
