package dev.balsa.kernel.replay;

import dev.balsa.kernel.Capture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// What a captured run did, in order. For one thread.
public final class Tape implements Capture {
    /// Numbers of an event: its kind, and up to four more.
    static final int EVENT = 5;

    static final int PUT = 0;
    static final int COPY = 1;
    static final int CLEAR = 2;
    static final int CALL = 3;
    static final int PASS = 4;
    static final int CHECK = 5;
    static final int BEGIN = 6;
    static final int END = 7;

    private final Map<Long, MemorySegment> known;
    private long[] numbers = new long[64 * EVENT];
    private int length;

    /// @param known what does not change from run to run, by where it stands
    Tape(Map<Long, MemorySegment> known) {
        this.known = known;
    }

    /// Events so far.
    int count() {
        return length / EVENT;
    }

    /// A number of an event.
    long number(int event, int index) {
        return numbers[event * EVENT + index];
    }

    @Override
    public byte get(long address) {
        return known(address)
                .orElseThrow(() -> new IllegalStateException("what is done depends on what is in an operand"));
    }

    private Optional<Byte> known(long address) {
        for (var entry : known.entrySet()) {
            long at = address - entry.getKey();
            if (at >= 0 && at < entry.getValue().byteSize()) {
                return Optional.of(entry.getValue().get(ValueLayout.JAVA_BYTE, at));
            }
        }
        return Optional.empty();
    }

    @Override
    public void put(long address, int bytes, long value) {
        add(PUT, address, bytes, value, 0);
    }

    @Override
    public void copy(long source, long target, long bytes) {
        add(COPY, target, source, bytes, 0);
    }

    @Override
    public void clear(long target, long bytes) {
        add(CLEAR, target, bytes, 0, 0);
    }

    @Override
    public void pass(long source, boolean isSigned, long plus, long target) {
        var value = known(source);
        if (value.isPresent()) {
            put(target, Long.BYTES, (isSigned ? value.get() : Byte.toUnsignedInt(value.get())) + plus);
        } else {
            add(PASS, target, source, plus, isSigned ? 1 : 0);
        }
    }

    @Override
    public void check(long address, long value) {
        add(CHECK, address, value, 0, 0);
    }

    @Override
    public void begin(long address) {
        add(BEGIN, address, 0, 0, 0);
    }

    @Override
    public void end() {
        add(END, 0, 0, 0, 0);
    }

    @Override
    public void call(long routine, long arguments, long from, long to) {
        add(CALL, arguments, routine, from, to);
    }

    private void add(long kind, long first, long second, long third, long fourth) {
        if (length == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * length);
        }
        numbers[length++] = kind;
        numbers[length++] = first;
        numbers[length++] = second;
        numbers[length++] = third;
        numbers[length++] = fourth;
    }
}
