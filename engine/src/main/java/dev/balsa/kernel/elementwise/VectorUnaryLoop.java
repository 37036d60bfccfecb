package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorSpans.LANES;
import static dev.balsa.kernel.elementwise.VectorSpans.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/// The loop of one [VectorUnary]: a template, see [LoopTemplate].
///
/// No masks: what whole vectors leave over is done by a last vector that overlaps the one before, and spans shorter
/// than a vector one element at a time. Each lane goes through the same instructions, wherever it stands.
final class VectorUnaryLoop implements UnaryLoop {
    private static final VectorUnary FUNCTION = LoopTemplate.constant(MethodHandles.lookup(), VectorUnary.class);

    @Override
    public void apply(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        var rest = n & (LANES - 1);
        if (rest == 0) {
            whole(s, so, t, to, n, alpha, beta);
        } else if (n < LANES) {
            few(s, so, t, to, n, alpha, beta);
        } else {
            var before = n - rest - LANES;
            var at = (long) before << 2;
            if (before > 0) {
                whole(s, so, t, to, before, alpha, beta);
            }
            lastTwo(s, so + at, t, to + at, rest, alpha, beta);
        }
    }

    private static void whole(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        for (int i = 0; i < n; i += LANES) {
            var at = (long) i << 2;
            var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + at, ORDER);
            FUNCTION.apply(x, alpha, beta).intoMemorySegment(t, to + at, ORDER);
        }
    }

    /// Two vectors that begin `rest` elements apart. Both are read before one is written: source and target may be the
    /// same.
    private static void lastTwo(MemorySegment s, long so, MemorySegment t, long to, int rest, float alpha, float beta) {
        var step = (long) rest << 2;
        var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so, ORDER);
        var last = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + step, ORDER);
        for (long at = 0; at <= step; at += step) {
            FUNCTION.apply(x, alpha, beta).intoMemorySegment(t, to + at, ORDER);
            x = last;
        }
    }

    private static void few(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            var x = FloatVector.broadcast(VectorMath.SPECIES, PlainSpans.get(s, so, i));
            PlainSpans.set(FUNCTION.apply(x, alpha, beta).lane(0), t, to, i);
        }
    }
}
