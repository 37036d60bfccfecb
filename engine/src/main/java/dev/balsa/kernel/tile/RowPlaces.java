package dev.balsa.kernel.tile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Where rows begin: for each an unsigned 32-bit number of elements, in memory that code reads.
public final class RowPlaces {
    private static final long MOST = 0xFFFF_FFFFL;

    private final MemorySegment places;
    private final int[] numbers;
    private final boolean isEven;

    private RowPlaces(int[] numbers) {
        this.numbers = numbers;
        places = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, Math.max(1, numbers.length));
        MemorySegment.copy(numbers, 0, places, ValueLayout.JAVA_INT, 0, numbers.length);
        isEven = isEven(numbers);
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
            if (place < 0 || place > MOST) {
                throw new IllegalArgumentException("row " + row + " begins at element " + place + "; expected at most "
                        + MOST + "; ask fits() first");
            }
            numbers[row] = (int) place;
        }
        return new RowPlaces(numbers);
    }

    /// Whether every place in a tensor of so many elements can be told.
    public static boolean fits(double elements) {
        return elements <= MOST;
    }

    /// Whether rows follow each other at this distance.
    boolean isEven(int elements) {
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
