package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.RunCopyCode;
import dev.balsa.kernel.code.RunCopyCode.Argument;
import dev.balsa.kernel.code.RunCopyCode.Places;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;

/// Puts earlier and new keys and values together: a unit is the keys or the values of a head.
final class CacheCopy {
    private static final int MASK = 3;

    private final AttentionRequest request;
    private final Cache cache;
    private final MachineCode code;
    private final int earlierOperand;
    private final int keysOperand;
    private final int valuesOperand;
    private final long[] keyOffsets;
    private final long[] valueOffsets;

    CacheCopy(AttentionRequest request, Cache cache, VectorUnit unit, Constants constants) {
        this.request = request;
        this.cache = cache;
        code = constants.code(RunCopyCode.name(unit, Places.EQUAL), () -> RunCopyCode.write(unit, Places.EQUAL));
        earlierOperand = MASK + (request.mask().isPresent() ? 1 : 0);
        keysOperand = earlierOperand + (cache.hasEarlier() ? 2 : 0) + 1;
        valuesOperand = keysOperand + (cache.givesKeys() ? 1 : 0);
        keyOffsets = cache.keys().offsets().stream().mapToLong(Long::longValue).toArray();
        valueOffsets =
                cache.values().offsets().stream().mapToLong(Long::longValue).toArray();
    }

    int units() {
        return 2 * cache.heads();
    }

    private long allKeyBytes() {
        return (long) cache.heads() * cache.all() * request.size() * Float.BYTES;
    }

    private long allValueBytes() {
        return (long) cache.heads() * cache.all() * request.valueSize() * Float.BYTES;
    }

    long sharedBytes() {
        return (cache.givesKeys() ? 0 : allKeyBytes()) + (cache.givesValues() ? 0 : allValueBytes());
    }

    /// The address of all keys.
    long keys(Frame frame) {
        return cache.givesKeys()
                ? frame.operand(keysOperand).address()
                : frame.shared().address();
    }

    /// The address of all values.
    long values(Frame frame) {
        return cache.givesValues()
                ? frame.operand(valuesOperand).address()
                : frame.shared().address() + (cache.givesKeys() ? 0 : allKeyBytes());
    }

    void copy(int unit, Frame frame) {
        int head = unit / 2;
        if (unit % 2 == 0) {
            copy(
                    frame,
                    keys(frame),
                    head,
                    request.size(),
                    1,
                    keyOffsets[head],
                    cache.keys().row());
        } else {
            copy(
                    frame,
                    values(frame),
                    head,
                    request.valueSize(),
                    2,
                    valueOffsets[head],
                    cache.values().row());
        }
    }

    private void copy(Frame frame, long all, int head, int size, int operand, long offset, long row) {
        long bytes = (long) size * Float.BYTES;
        long target = all + (long) head * cache.all() * bytes;
        int earlier = cache.earlier();
        if (cache.hasEarlier()) {
            long source = frame.operand(earlierOperand + operand - 1).address() + (long) head * earlier * bytes;
            call(frame.scratch(), source, target, 0, earlier * bytes, 1);
        }
        long added = frame.operand(operand).address() + offset * Float.BYTES;
        call(frame.scratch(), added, target + earlier * bytes, row * Float.BYTES, bytes, cache.added());
    }

    private void call(MemorySegment scratch, long source, long target, long sourceRow, long bytes, long runs) {
        if (runs == 0) {
            return;
        }
        Argument.SOURCE.set(scratch, source);
        Argument.TARGET.set(scratch, target);
        Argument.SOURCE_ROW.set(scratch, sourceRow);
        Argument.TARGET_ROW.set(scratch, bytes);
        Argument.BYTES.set(scratch, bytes);
        code.call(0, scratch, 0, runs);
    }
}
