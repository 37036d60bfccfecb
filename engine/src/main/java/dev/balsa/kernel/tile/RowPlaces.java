package dev.balsa.kernel.tile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Where rows begin: for each an unsigned 32-bit number of elements, in memory that code reads.
public final class RowPlaces {
    private static final long MOST = 0xFFFF_FFFFL;

    private final MemorySegment places;
    private final int[] numbers;
    private final boolean isEven;

    private RowPlaces(int[] numbers, boolean isEven) {
        this.numbers = numbers;
        this.isEven = isEven;
        places = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, Math.max(1, numbers.length));
        MemorySegment.copy(numbers, 0, places, ValueLayout.JAVA_INT, 0, numbers.length);
    }

    private static boolean isEven(int[] numbers) {
        for (int row = 2; row < numbers.length; row++) {
            if (numbers[row] - numbers[row - 1] != numbers[1] - numbers[0]) {
                return false;
            }
        }
        return true;
    }

    /// A place for each number.
    @FunctionalInterface
    public interface Rule {
        /// The first element of a row.
        long place(int row);
    }

    /// The places of `count` rows, kept while the result is reachable.
    ///
    /// @throws IllegalArgumentException if a place takes more than 32 bits; see [#fits]
    public static RowPlaces of(int count, Rule rule) {
        var numbers = new int[count];
        for (int row = 0; row < count; row++) {
            long place = rule.place(row);
            check(row, place);
            numbers[row] = (int) place;
        }
        return new RowPlaces(numbers, isEven(numbers));
    }

    /// Rows at the same distance, the first at element 0.
    ///
    /// @throws IllegalArgumentException as [#of]
    public static RowPlaces even(int count, long step) {
        return grid(0, new long[] {count}, new long[] {step});
    }

    /// The rows of a grid's points in row-major order: that of the point `i, j, …` begins at element
    /// `first + i * steps[0] + j * steps[1] + …`.
    ///
    /// @param counts points along each dimension, fewer than 2^31 in all
    /// @param steps not negative
    /// @throws IllegalArgumentException as [#of]
    public static RowPlaces grid(long first, long[] counts, long[] steps) {
        var numbers = new int[count(counts)];
        if (numbers.length == 0) {
            return new RowPlaces(numbers, true);
        }
        check(numbers.length - 1, last(first, counts, steps));
        boolean isEven = true;
        long step = -1;
        for (int i = counts.length - 1; i >= 0; i--) {
            if (counts[i] > 1) {
                isEven &= step < 0 || steps[i] == step;
                step = counts[i] * steps[i];
            }
        }
        fill(numbers, 0, first, 0, counts, steps);
        return new RowPlaces(numbers, isEven);
    }

    private static int count(long[] counts) {
        long count = 1;
        for (long points : counts) {
            if (points > 0 && count > Integer.MAX_VALUE / points) {
                throw new IllegalArgumentException("a grid of " + Arrays.toString(counts)
                        + " points has too many rows; expected at most " + Integer.MAX_VALUE);
            }
            count *= points;
        }
        return (int) count;
    }

    /// The place of the last point.
    private static long last(long first, long[] counts, long[] steps) {
        try {
            long last = first;
            for (int i = 0; i < counts.length; i++) {
                last = Math.addExact(last, Math.multiplyExact(counts[i] - 1, steps[i]));
            }
            return last;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the last of " + Arrays.toString(counts) + " rows at distances of " + Arrays.toString(steps)
                            + " elements begins beyond 2^63; expected at most " + MOST + "; ask fits() first",
                    e);
        }
    }

    /// Fills in the points of the dimensions from one on; the place behind them.
    private static int fill(int[] numbers, int at, long first, int dimension, long[] counts, long[] steps) {
        int to = at;
        long place = first;
        long step = steps[dimension];
        boolean isLast = dimension == counts.length - 1;
        for (long i = counts[dimension]; i > 0; i--) {
            if (isLast) {
                numbers[to++] = (int) place;
            } else {
                to = fill(numbers, to, place, dimension + 1, counts, steps);
            }
            place += step;
        }
        return to;
    }

    private static void check(int row, long place) {
        if (place < 0 || place > MOST) {
            throw new IllegalArgumentException(
                    "row " + row + " begins at element " + place + "; expected at most " + MOST + "; ask fits() first");
        }
    }

    /// Whether every place in a tensor of so many elements can be told.
    public static boolean fits(double elements) {
        return elements <= MOST;
    }

    /// Whether rows follow each other at this distance.
    public boolean isEven(int elements) {
        return isEven && (numbers.length < 2 || numbers[1] - numbers[0] == elements);
    }

    /// How many rows there are.
    public int count() {
        return numbers.length;
    }

    /// The first element of a row.
    public long place(int row) {
        return Integer.toUnsignedLong(numbers[row]);
    }

    /// Where the numbers are, as long as this is reachable.
    public long address() {
        return places.address();
    }
}
