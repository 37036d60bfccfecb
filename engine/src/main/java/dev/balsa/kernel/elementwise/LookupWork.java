package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.ValueLayout;

/// [LookupRequest]: a unit is a range of the elements.
final class LookupWork implements Work {
    private static final long UNIT = 16_384;

    private final long length;
    private final byte[] table;

    LookupWork(LookupRequest request) {
        length = request.length();
        table = request.table().toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(Math.ceilDiv(length, UNIT));
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var x = frame.operand(0);
        var y = frame.operand(1);
        long end = Math.min(to * UNIT, length);
        for (long at = from * UNIT; at < end; at++) {
            y.set(ValueLayout.JAVA_BYTE, at, table[Byte.toUnsignedInt(x.get(ValueLayout.JAVA_BYTE, at))]);
        }
    }
}
