package dev.balsa.kernel;

/// Hears of what a [Work] would do, instead of its being done; see [Effects]. Places are addresses.
public interface Capture {
    /// The byte at a place, which decides what is done.
    ///
    /// @throws IllegalStateException if it is not known before a run
    byte get(long address);

    /// 4 or 8 bytes are written.
    void put(long address, int bytes, long value);

    /// Bytes are copied between places that have nothing in common.
    void copy(long source, long target, long bytes);

    /// Bytes become 0.
    void clear(long target, long bytes);

    /// The number in a byte, plus another, is written as 8 bytes.
    ///
    /// @param isSigned whether the byte has a sign
    void pass(long source, boolean isSigned, long plus, long target);

    /// 8 bytes are looked at, by which a routine has told whether it found what it should; if they are
    /// not `value`, the run ends here.
    void check(long address, long value);

    /// What follows until [#end] is done only if the 8 bytes at this place are not 0.
    void begin(long address);

    /// What is only done sometimes ends here.
    void end();

    /// The routine at this address is called.
    void call(long routine, long arguments, long from, long to);
}
