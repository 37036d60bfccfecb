package dev.balsa.kernel.reduce;

import dev.balsa.kernel.elementwise.PlainMath;
import dev.balsa.kernel.elementwise.PlainSpans;
import java.lang.foreign.MemorySegment;

/// [FloatFolds] in plain Java: sums in double precision, four at a time to hide the latency of additions.
final class PlainFolds implements FloatFolds {
    private static final PlainFolds INSTANCE = new PlainFolds();

    private PlainFolds() {}

    static PlainFolds instance() {
        return INSTANCE;
    }

    @Override
    public double sum(MemorySegment s, long so, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i < n - 3; i += 4) {
            a += PlainSpans.get(s, so, i);
            b += PlainSpans.get(s, so, i + 1);
            c += PlainSpans.get(s, so, i + 2);
            d += PlainSpans.get(s, so, i + 3);
        }
        for (; i < n; i++) {
            a += PlainSpans.get(s, so, i);
        }
        return (a + b) + (c + d);
    }

    @Override
    public double sumOfSquares(MemorySegment s, long so, float center, int n) {
        double a = 0;
        double b = 0;
        int i = 0;
        for (; i < n - 1; i += 2) {
            double x = PlainSpans.get(s, so, i) - center;
            double y = PlainSpans.get(s, so, i + 1) - center;
            a += x * x;
            b += y * y;
        }
        if (i < n) {
            double x = PlainSpans.get(s, so, i) - center;
            a += x * x;
        }
        return a + b;
    }

    @Override
    public double sumOfMagnitudes(MemorySegment s, long so, int n) {
        double a = 0;
        for (int i = 0; i < n; i++) {
            a += Math.abs(PlainSpans.get(s, so, i));
        }
        return a;
    }

    @Override
    public double sumOfExponentials(MemorySegment s, long so, float shift, int n) {
        double a = 0;
        for (int i = 0; i < n; i++) {
            a += PlainMath.exp(PlainSpans.get(s, so, i) - shift);
        }
        return a;
    }

    @Override
    public double exponentials(MemorySegment s, long so, float shift, MemorySegment t, long to, int n) {
        double a = 0;
        for (int i = 0; i < n; i++) {
            float y = PlainMath.exp(PlainSpans.get(s, so, i) - shift);
            PlainSpans.set(y, t, to, i);
            a += y;
        }
        return a;
    }

    @Override
    public double product(MemorySegment s, long so, int n) {
        double a = 1;
        for (int i = 0; i < n; i++) {
            a *= PlainSpans.get(s, so, i);
        }
        return a;
    }

    @Override
    public float max(MemorySegment s, long so, int n) {
        float a = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            a = Math.max(a, PlainSpans.get(s, so, i));
        }
        return a;
    }

    @Override
    public float min(MemorySegment s, long so, int n) {
        float a = Float.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            a = Math.min(a, PlainSpans.get(s, so, i));
        }
        return a;
    }
}
