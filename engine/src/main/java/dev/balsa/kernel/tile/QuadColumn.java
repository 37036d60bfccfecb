package dev.balsa.kernel.tile;

import java.util.Arrays;

/// Takes a column of weights apart: into numbers of 8 bits that products of quads can be made of, whose neighbours
/// times bytes fit in 16 bits when they are added, and entries of the remainder ([RemainderCode]), of which the
/// same is true. Not thread-safe; used for one column after the other.
final class QuadColumn {
    /// Numbers of an entry: places along the depth, and weights side by side.
    static final int ENTRY = QuadFactor.QUAD + 1;

    /// Two neighbours of the same sign, times 255, fit in 16 bits.
    private static final int MOST = Short.MAX_VALUE / 255;

    private static final int SHIFT = 32;
    private static final long PLACE = (1L << SHIFT) - 1;

    /// What is left over: magnitudes in upper halves, and in lower ones places, doubled, and whether it is
    /// negative.
    private long[] left = new long[16];
    private int count;
    private int[] entries = new int[16 * ENTRY];
    private int length;

    /// Takes a column apart.
    ///
    /// @param column weights along the depth, less their zero points: whole quads, each weight of 9 bits and a
    ///     sign; overwritten
    /// @param quads where the numbers of 8 bits are put, four side by side, `step` apart, from `at` on
    /// @return the negated sum of the column
    int split(int[] column, int[] quads, int at, int step) {
        count = 0;
        length = 0;
        int sum = 0;
        int to = at;
        for (int i = 0; i < column.length; i += QuadFactor.QUAD) {
            sum -= column[i] + column[i + 1] + column[i + 2] + column[i + 3];
            if (isLarge(column[i], column[i + 1])) {
                cut(column, i);
            }
            if (isLarge(column[i + 2], column[i + 3])) {
                cut(column, i + 2);
            }
            quads[to] =
                    column[i] & 0xFF | (column[i + 1] & 0xFF) << 8 | (column[i + 2] & 0xFF) << 16 | column[i + 3] << 24;
            to += step;
        }
        pair();
        return sum;
    }

    /// Whether neighbours do not fit. Where their signs differ, their sum is not too large.
    private static boolean isLarge(int one, int other) {
        return one != (byte) one || other != (byte) other || Math.abs(one + other) > MOST;
    }

    /// The number of entries.
    int entries() {
        return length / ENTRY;
    }

    /// A number of an entry.
    int number(int entry, int index) {
        return entries[entry * ENTRY + index];
    }

    private void cut(int[] column, int i) {
        cutTo(column, i, Byte.MIN_VALUE, Byte.MAX_VALUE);
        cutTo(column, i + 1, Byte.MIN_VALUE, Byte.MAX_VALUE);
        int sum = column[i] + column[i + 1];
        if (Math.abs(sum) > MOST) {
            // Both have one sign, and the larger is not less than what is too much.
            int larger = Math.abs(column[i]) >= Math.abs(column[i + 1]) ? i : i + 1;
            int rest = column[larger] - (sum > 0 ? sum - MOST : sum + MOST);
            cutTo(column, larger, Math.min(rest, 0), Math.max(rest, 0));
        }
    }

    private void cutTo(int[] column, int place, int least, int most) {
        int kept = Math.clamp(column[place], least, most);
        leave(place, column[place] - kept);
        column[place] = kept;
    }

    /// Leaves a number to the remainder, in several pieces if it is large.
    private void leave(int place, int number) {
        for (int rest = Math.abs(number); rest > 0; rest -= Byte.MAX_VALUE) {
            if (count == left.length) {
                left = Arrays.copyOf(left, 2 * count);
            }
            long magnitude = Math.min(rest, Byte.MAX_VALUE);
            left[count++] = magnitude << SHIFT | 2L * place | (number < 0 ? 1 : 0);
        }
    }

    /// Makes entries of pairs: a large number and the smallest one, if they fit together.
    private void pair() {
        Arrays.sort(left, 0, count);
        int small = 0;
        int large = count - 1;
        int pairs = 0;
        while (small <= large) {
            long one = left[large--];
            long other = one & PLACE;
            if (small <= large && fit(one, left[small])) {
                other = left[small++];
            }
            add(pairs++, one, other);
        }
        if (pairs % 2 != 0) {
            add(pairs, left[0] & PLACE, left[0] & PLACE);
        }
    }

    private static boolean fit(long one, long other) {
        return (one & 1) != (other & 1) || (one >> SHIFT) + (other >> SHIFT) <= MOST;
    }

    private void add(int pair, long one, long other) {
        if (pair % 2 == 0) {
            if (length == entries.length) {
                entries = Arrays.copyOf(entries, 2 * length);
            }
            length += ENTRY;
            entries[length - 1] = 0;
        }
        int at = length - ENTRY + pair % 2 * 2;
        entries[at] = place(one);
        entries[at + 1] = place(other);
        int weights = weight(one) | weight(other) << Byte.SIZE;
        entries[length - 1] |= weights << pair % 2 * Short.SIZE;
    }

    private static int place(long number) {
        return (int) (number & PLACE) >> 1;
    }

    private static int weight(long number) {
        int magnitude = (int) (number >> SHIFT);
        return ((number & 1) != 0 ? -magnitude : magnitude) & 0xFF;
    }
}
