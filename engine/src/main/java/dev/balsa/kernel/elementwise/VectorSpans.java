package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// [FloatSpans] with the Vector API, and how its loops reach memory. Linked only where the module is present.
final class VectorSpans implements FloatSpans {
    private static final VectorSpans INSTANCE = new VectorSpans();
    static final int LANES = VectorMath.SPECIES.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private VectorSpans() {}

    static VectorSpans instance() {
        return INSTANCE;
    }

    static FloatVector load(MemorySegment s, long offset, int index) {
        return FloatVector.fromMemorySegment(VectorMath.SPECIES, s, offset + ((long) index << 2), ORDER);
    }

    static FloatVector load(MemorySegment s, long offset, int index, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(VectorMath.SPECIES, s, offset + ((long) index << 2), ORDER, mask);
    }

    static void store(FloatVector v, MemorySegment t, long offset, int index) {
        v.intoMemorySegment(t, offset + ((long) index << 2), ORDER);
    }

    static void store(FloatVector v, MemorySegment t, long offset, int index, VectorMask<Float> mask) {
        v.intoMemorySegment(t, offset + ((long) index << 2), ORDER, mask);
    }

    /// The first `count` lanes.
    static VectorMask<Float> tail(int count) {
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
}
