package dev.balsa.kernel;

/// Hears of what a [Work] would do, instead of its being done; see [Effects]. Places are addresses.
public interface Capture {
    /// What the 1 or 4 bytes at a place are, which decide what is done.
    ///
    /// @throws IllegalStateException if they are not known before a run
    long get(long address, int bytes);

    /// 4 or 8 bytes are written.
    void put(long address, int bytes, long value);

    /// Bytes are copied between places that have nothing in common.
    void copy(long source, long target, long bytes);

    /// Bytes become 0.
    void clear(long target, long bytes);

    /// The routine at this address is called.
    void call(long routine, long arguments, long from, long to);
}
