package dev.balsa.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/// Loops in plain Java, which the compiler makes vector instructions of.
final class PlainLoops implements PeakLoops {
    private static final int LENGTH = 2048;
    private static final float FACTOR = 0.5f;
    private static final float SUMMAND = 1;
    /// Multiply-adds between loading an element and storing it.
    private static final int CHAINED = 8;

    private final float[] values = new float[LENGTH];
    private long sum;

    @Override
    public Set<PeakUnit> units() {
        return EnumSet.of(PeakUnit.FLOAT_VECTORS);
    }

    @Override
    public long multiplyAdd(PeakUnit unit) {
        if (unit != PeakUnit.FLOAT_VECTORS) {
            throw new IllegalArgumentException("plain loops: expected " + PeakUnit.FLOAT_VECTORS + ", found " + unit);
        }
        multiplyAdd(values);
        return 2L * CHAINED * LENGTH;
    }

    /// Elements do not wait for each other, and are so long in registers that loads and stores cost nothing.
    private static void multiplyAdd(float[] values) {
        for (int i = 0; i < values.length; i++) {
            float x = values[i];
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            x = Math.fma(x, FACTOR, SUMMAND);
            values[i] = x;
        }
    }

    @Override
    public void read(MemorySegment memory) {
        for (long from = 0; from < memory.byteSize(); from += GRAIN) {
            sum += sum(memory.asSlice(from, GRAIN));
        }
    }

    private static long sum(MemorySegment part) {
        long sum = 0;
        int longs = GRAIN / Long.BYTES;
        for (int i = 0; i < longs; i += 4) {
            sum += part.getAtIndex(ValueLayout.JAVA_LONG, i)
                    + part.getAtIndex(ValueLayout.JAVA_LONG, i + 1)
                    + part.getAtIndex(ValueLayout.JAVA_LONG, i + 2)
                    + part.getAtIndex(ValueLayout.JAVA_LONG, i + 3);
        }
        return sum;
    }

    /// The sum of all 64-bit numbers read so far.
    long sum() {
        return sum;
    }

    @Override
    public void close() {}
}
