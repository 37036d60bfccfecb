package dev.balsa.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that is read from end to end, again and again, and does not fit into caches. One thread may use an
/// object at a time.
final class PeakMemory implements AutoCloseable {
    /// What is read at a time: long enough for prefetching, short against what is timed.
    static final int PART = 1 << 18;

    private static final int CACHES = 4;

    private static final long LEAST = 64L << 20;
    private static final long MOST = 1L << 30;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private long next;

    /// Zeros, which the calling thread writes, so that they lie close to it.
    ///
    /// @param bytes a multiple of [#PART]
    PeakMemory(long bytes) {
        memory = allocate(bytes);
    }

    /// Half as much, and half of that, where memory is short.
    private MemorySegment allocate(long bytes) {
        try {
            return arena.allocate(bytes, PeakLoops.ALIGNMENT);
        } catch (OutOfMemoryError e) {
            if (bytes <= PART) {
                throw e;
            }
            return allocate((bytes / 2 + PART - 1) / PART * PART);
        }
    }

    /// Several times what the threads' last caches hold together, in equal shares, as long as it is no more than a
    /// quarter of what the JVM may take for its heap.
    static long bytesPerThread(int threads) {
        long wanted = Math.clamp(CACHES * lastCaches(threads), LEAST, MOST);
        long all = Math.min(wanted, Runtime.getRuntime().maxMemory() / 4);
        return Math.max(1, all / threads / PART) * PART;
    }

    private static long lastCaches(int threads) {
        var last = Cpu.current().caches().list().getLast();
        return last.bytes() * Math.ceilDiv(threads, last.sharedBy());
    }

    /// The part to be read next.
    MemorySegment next() {
        var part = memory.asSlice(next, PART);
        next = (next + PART) % memory.byteSize();
        return part;
    }

    @Override
    public void close() {
        arena.close();
    }
}
