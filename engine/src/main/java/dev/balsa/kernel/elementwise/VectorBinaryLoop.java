package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorSpans.LANES;
import static dev.balsa.kernel.elementwise.VectorSpans.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/// The loops of one [VectorBinary], with another span and with a scalar: a template, see [LoopTemplate], built like
/// [VectorUnaryLoop].
final class VectorBinaryLoop implements BinaryLoop {
    private static final VectorBinary FUNCTION = LoopTemplate.constant(MethodHandles.lookup(), VectorBinary.class);

    @Override
    public void apply(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        var rest = n & (LANES - 1);
        if (rest == 0) {
            whole(s, so, u, uo, t, to, n);
        } else if (n < LANES) {
            few(s, so, u, uo, t, to, n);
        } else {
            var before = n - rest - LANES;
            var at = (long) before << 2;
            if (before > 0) {
                whole(s, so, u, uo, t, to, before);
            }
            lastTwo(s, so + at, u, uo + at, t, to + at, rest);
        }
    }

    private static void whole(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var at = (long) i << 2;
            var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + at, ORDER);
            var y = FloatVector.fromMemorySegment(VectorMath.SPECIES, u, uo + at, ORDER);
            FUNCTION.apply(x, y).intoMemorySegment(t, to + at, ORDER);
        }
    }

    private static void lastTwo(
            MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int rest) {
        var step = (long) rest << 2;
        var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so, ORDER);
        var y = FloatVector.fromMemorySegment(VectorMath.SPECIES, u, uo, ORDER);
        var lastX = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + step, ORDER);
        var lastY = FloatVector.fromMemorySegment(VectorMath.SPECIES, u, uo + step, ORDER);
        FUNCTION.apply(x, y).intoMemorySegment(t, to, ORDER);
        FUNCTION.apply(lastX, lastY).intoMemorySegment(t, to + step, ORDER);
    }

    private static void few(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            var x = FloatVector.broadcast(VectorMath.SPECIES, PlainSpans.get(s, so, i));
            var y = FloatVector.broadcast(VectorMath.SPECIES, PlainSpans.get(u, uo, i));
            PlainSpans.set(FUNCTION.apply(x, y).lane(0), t, to, i);
        }
    }

    @Override
    public void apply(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var rest = n & (LANES - 1);
        if (rest == 0) {
            whole(s, so, scalar, t, to, n);
        } else if (n < LANES) {
            few(s, so, scalar, t, to, n);
        } else {
            var before = n - rest - LANES;
            var at = (long) before << 2;
            if (before > 0) {
                whole(s, so, scalar, t, to, before);
            }
            lastTwo(s, so + at, scalar, t, to + at, rest);
        }
    }

    private static void whole(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = FloatVector.broadcast(VectorMath.SPECIES, scalar);
        for (int i = 0; i < n; i += LANES) {
            var at = (long) i << 2;
            var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + at, ORDER);
            FUNCTION.apply(x, y).intoMemorySegment(t, to + at, ORDER);
        }
    }

    private static void lastTwo(MemorySegment s, long so, float scalar, MemorySegment t, long to, int rest) {
        var step = (long) rest << 2;
        var y = FloatVector.broadcast(VectorMath.SPECIES, scalar);
        var x = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so, ORDER);
        var last = FloatVector.fromMemorySegment(VectorMath.SPECIES, s, so + step, ORDER);
        FUNCTION.apply(x, y).intoMemorySegment(t, to, ORDER);
        FUNCTION.apply(last, y).intoMemorySegment(t, to + step, ORDER);
    }

    private static void few(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = FloatVector.broadcast(VectorMath.SPECIES, scalar);
        for (int i = 0; i < n; i++) {
            var x = FloatVector.broadcast(VectorMath.SPECIES, PlainSpans.get(s, so, i));
            PlainSpans.set(FUNCTION.apply(x, y).lane(0), t, to, i);
        }
    }
}
