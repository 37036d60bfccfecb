package dev.balsa.kernel.replay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// Addresses at which nothing is, for captured runs: each piece of memory or code that a work refers to stands
/// somewhere else in the second take than in the first, by a distance of its own.
///
/// So an address, and whatever is counted from it, can be told from other numbers, which are the same in both.
/// Segments know their address and length and cannot be read or written.
public final class Stand implements AutoCloseable {
    /// Between the middles of what stands side by side: more than any of it is long.
    private static final int SPACE_BITS = 40;
    /// The n-th is moved in the second take by n times n times as much, a multiple of any alignment that is asked
    /// for: squares, so that sums and differences of addresses are not taken for addresses.
    private static final int MOVE_BITS = 16;

    private static final int MOST = 1 << 18;

    private final boolean isSecond;
    private final Arena arena = Arena.ofShared();

    /// @param isSecond whether it is the second take
    public Stand(boolean isSecond) {
        this.isSecond = isSecond;
    }

    /// Where the n-th begins in the first take.
    private static long place(int n) {
        return (n + 1L) << SPACE_BITS;
    }

    private static long move(int n) {
        return (n + 1L) * (n + 1L) << MOVE_BITS;
    }

    /// Where the n-th begins.
    public long address(int n) {
        return place(n) + (isSecond ? move(n) : 0);
    }

    /// Memory at the n-th place, which can be touched by nobody once this is closed.
    @SuppressWarnings("restricted") // it is closed before anybody gets to it
    public MemorySegment memory(int n, long bytes) {
        return MemorySegment.ofAddress(address(n)).reinterpret(bytes, arena, null);
    }

    /// Which place a number of both takes is counted from, if it is an address.
    ///
    /// @param first of the first take
    /// @param second of the second take, another one
    static OptionalLong origin(long first, long second) {
        long nearest = (first + (1L << (SPACE_BITS - 1)) >> SPACE_BITS) - 1;
        boolean isPlace = nearest >= 0 && nearest < MOST && second - first == move((int) nearest);
        return isPlace ? OptionalLong.of(nearest) : OptionalLong.empty();
    }

    /// How far behind the n-th place an address of the first take is.
    static long behind(long first, long n) {
        return first - place((int) n);
    }

    @Override
    public void close() {
        arena.close();
    }
}
