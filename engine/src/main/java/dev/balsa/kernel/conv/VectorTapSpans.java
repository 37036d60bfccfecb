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

    private static FloatVector load(MemorySegment source, long at) {
        return FloatVector.fromMemorySegment(SPECIES, source, at, ORDER);
    }

    private static FloatVector weight(MemorySegment weights, long at, int tap) {
        return FloatVector.broadcast(SPECIES, weights.get(JAVA_FLOAT_UNALIGNED, at + tap * 4L));
    }

    private static void nine(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count) {
        var w0 = weight(weights, weightsAt, 0);
        var w1 = weight(weights, weightsAt, 1);
        var w2 = weight(weights, weightsAt, 2);
        var w3 = weight(weights, weightsAt, 3);
        var w4 = weight(weights, weightsAt, 4);
        var w5 = weight(weights, weightsAt, 5);
        var w6 = weight(weights, weightsAt, 6);
        var w7 = weight(weights, weightsAt, 7);
        var w8 = weight(weights, weightsAt, 8);
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
            var a = w0.mul(load(source, s0 + at));
            var b = w1.mul(load(source, s1 + at));
            var c = w2.mul(load(source, s2 + at));
            a = w3.fma(load(source, s3 + at), a);
            b = w4.fma(load(source, s4 + at), b);
            c = w5.fma(load(source, s5 + at), c);
            a = w6.fma(load(source, s6 + at), a);
            b = w7.fma(load(source, s7 + at), b);
            c = w8.fma(load(source, s8 + at), c);
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
            var weight = weight(weights, weightsAt, t);
            var at = from + shifts[t] * 4L;
            a = weight.fma(load(source, at), a);
            b = weight.fma(load(source, at + LANES * 4L), b);
            c = weight.fma(load(source, at + LANES * 8L), c);
            d = weight.fma(load(source, at + LANES * 12L), d);
        }
        a.intoMemorySegment(target, targetAt, ORDER);
        b.intoMemorySegment(target, targetAt + LANES * 4L, ORDER);
        c.intoMemorySegment(target, targetAt + LANES * 8L, ORDER);
        d.intoMemorySegment(target, targetAt + LANES * 12L, ORDER);
    }
}
