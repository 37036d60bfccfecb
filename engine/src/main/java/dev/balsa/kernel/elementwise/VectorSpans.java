package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// [FloatSpans] with the Vector API. Linked only where the module is present.
///
/// Loops here and elsewhere call the Vector API itself and no helpers of ours for loads, stores or masks: the JDK has
/// its
/// own methods always inlined, whereas a helper in a place that has been cold becomes a call, and its vector an object.
public final class VectorSpans implements FloatSpans {
    private static final VectorSpans INSTANCE = new VectorSpans();
    /// Elements per vector.
    public static final int LANES = VectorMath.SPECIES.length();
    static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /// The even lanes, in the lower half and again in the upper half.
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(VectorMath.SPECIES, lane -> 2 * lane % LANES);
    private static final VectorMask<Float> UPPER = VectorMath.SPECIES.indexInRange(-LANES / 2, LANES / 2);

    private VectorSpans() {}

    static VectorSpans instance() {
        return INSTANCE;
    }

    @Override
    public UnaryLoop loop(UnaryFunction function) {
        return VectorLoops.of(function);
    }

    @Override
    public BinaryLoop loop(BinaryFunction function) {
        return VectorLoops.of(function);
    }

    @Override
    public void standardize(
            MemorySegment s, long so, float center, float factor, float shift, MemorySegment t, long to, int n) {
        var f = VectorMath.all(factor);
        var b = VectorMath.all(shift);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var at = (long) i << 2;
            FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + at, ORDER)
                    .sub(center)
                    .fma(f, b)
                    .intoMemorySegment(t, to + at, ORDER);
        }
        for (; i < n; i++) {
            PlainSpans.set(Math.fma(PlainSpans.get(s, so, i) - center, factor, shift), t, to, i);
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
            var at = (long) i << 2;
            var scale = FloatVector.fromMemorySegment(VectorMath.SPECIES, scales, at, ORDER);
            var shift = FloatVector.fromMemorySegment(VectorMath.SPECIES, shifts, at, ORDER);
            FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + at, ORDER)
                    .sub(center)
                    .mul(factor)
                    .fma(scale, shift)
                    .intoMemorySegment(t, to + at, ORDER);
        }
        for (; i < n; i++) {
            var y = (PlainSpans.get(s, so, i) - center) * factor;
            PlainSpans.set(Math.fma(y, PlainSpans.get(scales, 0, i), PlainSpans.get(shifts, 0, i)), t, to, i);
        }
    }

    @Override
    public void everySecond(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        // A pair of vectors ends one element after the last that is asked for, hence the strict bound.
        for (; i < n - LANES; i += LANES) {
            var at = so + ((long) i << 3);
            var low = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, at, ORDER);
            var high = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, at + 4L * LANES, ORDER);
            low.rearrange(EVEN).blend(high.rearrange(EVEN), UPPER).intoMemorySegment(t, to + ((long) i << 2), ORDER);
        }
        for (; i < n; i++) {
            PlainSpans.set(PlainSpans.get(s, so, 2 * i), t, to, i);
        }
    }
}
