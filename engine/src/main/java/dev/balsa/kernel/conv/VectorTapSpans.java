package dev.balsa.kernel.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Sums in the preferred vectors of this JVM; nine taps, the common case, keep their weights in registers.
final class VectorTapSpans implements TapSpans {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LANES = SPECIES.length();

    @Override
    public void sum(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count) {
        if (shifts.length == 9) {
            nine(source, shifts, weights, weightsAt, target, targetAt, count);
        } else {
            any(source, shifts, weights, weightsAt, target, targetAt, count);
        }
    }

    private static void nine(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count) {
        var w0 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 0 * 4L));
        var w1 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 1 * 4L));
        var w2 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 2 * 4L));
        var w3 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 3 * 4L));
        var w4 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 4 * 4L));
        var w5 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 5 * 4L));
        var w6 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 6 * 4L));
        var w7 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 7 * 4L));
        var w8 = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + 8 * 4L));
        long s0 = shifts[0] * 4L;
        long s1 = shifts[1] * 4L;
        long s2 = shifts[2] * 4L;
        long s3 = shifts[3] * 4L;
        long s4 = shifts[4] * 4L;
        long s5 = shifts[5] * 4L;
        long s6 = shifts[6] * 4L;
        long s7 = shifts[7] * 4L;
        long s8 = shifts[8] * 4L;
        for (int i = 0; i < count; i += LANES) {
            var at = (long) i * 4;
            var a = w0.mul(FloatVector.fromMemorySegment(SPECIES, source, s0 + at, ORDER));
            var b = w1.mul(FloatVector.fromMemorySegment(SPECIES, source, s1 + at, ORDER));
            var c = w2.mul(FloatVector.fromMemorySegment(SPECIES, source, s2 + at, ORDER));
            a = w3.fma(FloatVector.fromMemorySegment(SPECIES, source, s3 + at, ORDER), a);
            b = w4.fma(FloatVector.fromMemorySegment(SPECIES, source, s4 + at, ORDER), b);
            c = w5.fma(FloatVector.fromMemorySegment(SPECIES, source, s5 + at, ORDER), c);
            a = w6.fma(FloatVector.fromMemorySegment(SPECIES, source, s6 + at, ORDER), a);
            b = w7.fma(FloatVector.fromMemorySegment(SPECIES, source, s7 + at, ORDER), b);
            c = w8.fma(FloatVector.fromMemorySegment(SPECIES, source, s8 + at, ORDER), c);
            a.add(b).add(c).intoMemorySegment(target, targetAt + at, ORDER);
        }
    }

    private static void any(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count) {
        for (int i = 0; i < count; i += 4 * LANES) {
            four(source, shifts, weights, weightsAt, target, targetAt + (long) i * 4, (long) i * 4);
        }
    }

    private static void four(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            long from) {
        var a = FloatVector.zero(SPECIES);
        var b = a;
        var c = a;
        var d = a;
        for (int t = 0; t < shifts.length; t++) {
            var weight = FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + t * 4L));
            var at = from + shifts[t] * 4L;
            a = weight.fma(FloatVector.fromMemorySegment(SPECIES, source, at, ORDER), a);
            b = weight.fma(FloatVector.fromMemorySegment(SPECIES, source, at + LANES * 4L, ORDER), b);
            c = weight.fma(FloatVector.fromMemorySegment(SPECIES, source, at + LANES * 8L, ORDER), c);
            d = weight.fma(FloatVector.fromMemorySegment(SPECIES, source, at + LANES * 12L, ORDER), d);
        }
        a.intoMemorySegment(target, targetAt, ORDER);
        b.intoMemorySegment(target, targetAt + LANES * 4L, ORDER);
        c.intoMemorySegment(target, targetAt + LANES * 8L, ORDER);
        d.intoMemorySegment(target, targetAt + LANES * 12L, ORDER);
    }
}
