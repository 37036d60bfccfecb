package dev.balsa.kernel.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/// Commands of [ReplayCode], made of both takes of a captured run. For one thread.
///
/// The first word of a command has its kind in the lowest bits; then the place in
/// [dev.balsa.kernel.Frame#addresses] that its target is counted from; then a number; the upper half is
/// the target's distance from there. What follows depends on the kind:
///
/// | kind | the number | words that follow |
/// | --- | --- | --- |
/// | PUT | how many words | these, which are stored one after the other |
/// | ADD_FIXED | a place in the [FixedPlaces] | none: its address is added to the word there |
/// | ADD | a place in the frame's addresses | none, likewise |
/// | CALL | the code's place in the fixed ones | the distance from there, and the range; the target is the arguments |
/// | PUT_INT | | the number, stored in 32 bits |
/// | COPY_FIXED | a place in the fixed ones | the source's distance from there, bytes |
/// | COPY | a place in the frame's addresses | the source's distance from there, bytes |
/// | CLEAR | | bytes |
/// | PASS | a place in the frame's addresses | the distance of a byte from there, what is added to it |
/// | PASS_SIGNED | likewise | likewise, of a byte with sign |
/// | CHECK | | what the target must be; else the commands end here |
/// | SKIP | | bytes of the commands behind this one that are left out if the target is 0 |
public final class Commands {
    static final int PUT = 0;
    static final int ADD_FIXED = 1;
    static final int ADD = 2;
    static final int CALL = 3;
    static final int PUT_INT = 4;
    static final int COPY_FIXED = 5;
    static final int COPY = 6;
    static final int CLEAR = 7;
    static final int PASS = 8;
    static final int PASS_SIGNED = 9;
    static final int CHECK = 10;
    static final int SKIP = 11;

    static final int KIND_BITS = 8;
    static final int TARGET_BITS = 6;
    static final int NUMBER_BITS = 18;
    static final int NUMBER_AT = KIND_BITS + TARGET_BITS;
    static final int DISTANCE_AT = 32;

    /// Places of a [Stand] before this are those of the frame's addresses.
    public static final int FIXED = 1 << TARGET_BITS;

    private static final int MOST_NUMBERS = 1 << NUMBER_BITS;

    /// The place of the fixed memory or code with this number.
    private final IntUnaryOperator fixed;

    private long[] words = new long[256];
    private int length;
    private boolean checks;
    /// Where the word is that tells how much is left out, of what has begun and not ended.
    private OptionalInt open = OptionalInt.empty();
    /// What is to be put, by target and distance from there.
    private final TreeMap<Long, Value> puts = new TreeMap<>();

    /// A number, or an address counted from a place of a [Stand].
    private record Value(long n, long number) {
        static final long NUMBER = -1;

        static Value of(long first, long second) throws UncapturedException {
            if (first == second) {
                return new Value(NUMBER, first);
            }
            var origin = Stand.origin(first, second);
            if (origin.isEmpty()) {
                throw new UncapturedException("a number that depends on several addresses");
            }
            return new Value(origin.getAsLong(), Stand.behind(first, origin.getAsLong()));
        }

        boolean isFixed() {
            return n >= FIXED;
        }

        boolean isNumber() {
            return n == NUMBER;
        }
    }

    /// @param fixed the place in the [FixedPlaces] of what stands at [#FIXED] plus a number
    public Commands(IntUnaryOperator fixed) {
        this.fixed = fixed;
    }

    /// Bytes so far.
    public int bytes() {
        return length * Long.BYTES;
    }

    /// Whether they may end early.
    public boolean checks() {
        return checks;
    }

    /// All so far.
    public long[] words() {
        return Arrays.copyOf(words, length);
    }

    /// Adds what both takes of a run did.
    ///
    /// @throws UncapturedException if they did not do the same
    public void add(Tape first, Tape second) throws UncapturedException {
        if (first.count() != second.count()) {
            throw new UncapturedException("what is done depends on addresses");
        }
        for (int i = 0; i < first.count(); i++) {
            int kind = (int) first.number(i, 0);
            if (kind != second.number(i, 0)) {
                throw new UncapturedException("what is done depends on addresses");
            }
            if (kind == Tape.END) {
                end();
                continue;
            }
            var target = target(Value.of(first.number(i, 1), second.number(i, 1)));
            var other = Value.of(first.number(i, 2), second.number(i, 2));
            var third = Value.of(first.number(i, 3), second.number(i, 3));
            var fourth = Value.of(first.number(i, 4), second.number(i, 4));
            switch (kind) {
                case Tape.PUT -> put(target, (int) plain(other), third);
                case Tape.COPY -> {
                    flush();
                    begin(other.isFixed() ? COPY_FIXED : COPY, place(other), target);
                    word(other.number());
                    word(plain(third));
                }
                case Tape.CLEAR -> {
                    flush();
                    begin(CLEAR, 0, target);
                    word(plain(other));
                }
                case Tape.PASS -> {
                    flush();
                    if (other.isFixed()) {
                        throw new UncapturedException("a byte that is none of an operand's");
                    }
                    begin(plain(fourth) == 0 ? PASS : PASS_SIGNED, place(other), target);
                    word(other.number());
                    word(plain(third));
                }
                case Tape.CHECK -> {
                    flush();
                    begin(CHECK, 0, target);
                    word(plain(other));
                    checks = true;
                }
                case Tape.BEGIN -> begin(target);
                default -> {
                    flush();
                    if (!other.isFixed()) {
                        throw new UncapturedException("a call of what is no code");
                    }
                    begin(CALL, place(other), target);
                    word(other.number());
                    word(plain(third));
                    word(plain(fourth));
                }
            }
        }
        flush();
        if (open.isPresent()) {
            throw new UncapturedException("something that is only done sometimes does not end");
        }
    }

    private void begin(Value target) throws UncapturedException {
        flush();
        if (open.isPresent()) {
            throw new UncapturedException("something that is only done sometimes within another");
        }
        begin(SKIP, 0, target);
        open = OptionalInt.of(length);
        word(0);
    }

    private void end() throws UncapturedException {
        flush();
        int at = open.orElseThrow(() -> new UncapturedException("an end of what has not begun"));
        words[at] = (long) (length - at - 1) * Long.BYTES;
        open = OptionalInt.empty();
    }

    private static Value target(Value target) throws UncapturedException {
        boolean fits =
                !target.isNumber() && !target.isFixed() && target.number() >= 0 && target.number() <= Integer.MAX_VALUE;
        if (!fits) {
            throw new UncapturedException("a target too far from where its operand begins, or of no operand");
        }
        return target;
    }

    private static long plain(Value value) throws UncapturedException {
        if (!value.isNumber()) {
            throw new UncapturedException("an address where a number is expected");
        }
        return value.number();
    }

    private int place(Value value) throws UncapturedException {
        if (value.isNumber()) {
            throw new UncapturedException("an address that is none of an operand's");
        }
        int place = value.isFixed() ? fixed.applyAsInt((int) value.n() - FIXED) : (int) value.n();
        if (place >= MOST_NUMBERS) {
            throw new UncapturedException("more memory than commands can tell apart");
        }
        return place;
    }

    private void put(Value target, int bytes, Value value) throws UncapturedException {
        if (bytes == Long.BYTES) {
            puts.put(target.n() << DISTANCE_AT | target.number(), value);
            return;
        }
        flush();
        begin(PUT_INT, 0, target);
        word(plain(value));
    }

    /// Neighbours are put together.
    private void flush() throws UncapturedException {
        while (!puts.isEmpty()) {
            long at = puts.firstKey();
            var run = new ArrayList<Value>();
            for (var value = puts.remove(at); value != null; value = puts.remove(place(at, run.size()))) {
                run.add(value);
            }
            if (run.size() >= MOST_NUMBERS) {
                throw new UncapturedException("more words side by side than commands can tell");
            }
            begin(PUT, run.size(), at);
            for (var value : run) {
                word(value.number());
            }
            for (int i = 0; i < run.size(); i++) {
                if (!run.get(i).isNumber()) {
                    begin(run.get(i).isFixed() ? ADD_FIXED : ADD, place(run.get(i)), place(at, i));
                }
            }
        }
    }

    private static long place(long first, int index) {
        return first + (long) index * Long.BYTES;
    }

    private void begin(int kind, int number, Value target) {
        begin(kind, number, target.n() << DISTANCE_AT | target.number());
    }

    /// @param target its place in the upper half, its distance in the lower
    private void begin(int kind, int number, long target) {
        long place = target >>> DISTANCE_AT;
        word(kind | place << KIND_BITS | (long) number << NUMBER_AT | target << DISTANCE_AT);
    }

    private void word(long word) {
        if (length == words.length) {
            words = Arrays.copyOf(words, 2 * length);
        }
        words[length++] = word;
    }
}
