package dev.balsa.kernel.movement;

import dev.balsa.error.ShapeException;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [GatherRequest]: a unit is a few slices of the output.
final class GatherWork implements Work {
    private static final long GRAIN = 32_768;
    /// Slices of these lengths are copied as one element, which is cheaper than a bulk copy.
    private static final long ELEMENT = 8;

    private final GatherRequest request;
    private final boolean wide;
    private final long slices;
    private final int perUnit;

    GatherWork(GatherRequest request) {
        this.request = request;
        this.wide = request.indexType() == DataType.INT64;
        this.slices = request.innerBytes() == 0 ? 0 : request.outer() * request.indices();
        this.perUnit = (int) Math.max(1, GRAIN / Math.max(8, request.innerBytes()));
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((slices + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var data = frame.operand(0);
        var output = frame.operand(2);
        var bytes = request.innerBytes();
        var end = Math.min((long) to * perUnit, slices);
        for (long slice = (long) from * perUnit; slice < end; slice++) {
            var outer = slice / request.indices();
            var index = index(frame.operand(1), slice - outer * request.indices());
            var source = (outer * request.size() + index) * bytes;
            if (bytes <= ELEMENT && Long.bitCount(bytes) == 1) {
                Elements.move((int) bytes, data, source, 0, 0, output, slice * bytes, 0, 1, 1);
            } else {
                MemorySegment.copy(data, source, output, slice * bytes, bytes);
            }
        }
    }

    private long index(MemorySegment indices, long at) {
        var index = wide
                ? indices.get(ValueLayout.JAVA_LONG_UNALIGNED, at << 3)
                : indices.get(ValueLayout.JAVA_INT_UNALIGNED, at << 2);
        var size = request.size();
        if (index < -size || index >= size) {
            throw new ShapeException("gather, index " + at + ": out of range; expected " + -size + " to " + (size - 1)
                    + ", found " + index);
        }
        return index < 0 ? index + size : index;
    }
}
