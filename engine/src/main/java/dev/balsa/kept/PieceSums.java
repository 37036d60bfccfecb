package dev.balsa.kept;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// Checksums of much memory, on several threads: those of its pieces are summed up once more, in their order.
///
/// The JVM has machine code for both sums that its interpreter calls, too, so they are as fast in a process that
/// has just begun. What takes time then is that pages come one by one from a mapped file, which threads share.
final class PieceSums implements Runnable {
    /// Bytes of a piece.
    static final int PIECE = 4 << 20;

    /// Both sums of so many bytes are taken while these are in a core's cache.
    private static final int STRETCH = 256 << 10;

    private static final int PIECES_PER_THREAD = 4;
    private static final int MOST_THREADS = 8;

    private final MemorySegment memory;
    private final boolean alsoCrc32;
    private final long[] sums;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    private PieceSums(MemorySegment memory, boolean alsoCrc32) {
        this.memory = memory;
        this.alsoCrc32 = alsoCrc32;
        sums = new long[Math.toIntExact((memory.byteSize() + PIECE - 1) / PIECE)];
    }

    /// The CRC-32C of the pieces' CRC-32Cs, each as four bytes, little end first.
    static int crc32c(MemorySegment memory) {
        var sum = new CRC32C();
        for (long piece : new PieceSums(memory, false).taken()) {
            add(sum, (int) piece);
        }
        return (int) sum.getValue();
    }

    /// The same in the lower half; in the upper half the like of CRC-32s.
    static long both(MemorySegment memory) {
        var lower = new CRC32C();
        var upper = new CRC32();
        for (long piece : new PieceSums(memory, true).taken()) {
            add(lower, (int) piece);
            add(upper, (int) (piece >>> 32));
        }
        return upper.getValue() << 32 | lower.getValue();
    }

    /// Adds the checksum of a piece to that of all.
    static void add(Checksum sum, int piece) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            sum.update(piece >>> shift & 0xFF);
        }
    }

    private long[] taken() {
        var helpers = new Thread[helpers()];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Thread(this, "balsa-checksum");
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
        run();
        boolean wasInterrupted = false;
        for (var helper : helpers) {
            wasInterrupted |= joinWholly(helper);
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        if (done.get() != sums.length) {
            throw new IllegalStateException("checksum: expected memory that is there until it ends, found it closed");
        }
        return sums;
    }

    private int helpers() {
        int useful = Math.min(
                Math.min(MOST_THREADS, sums.length / PIECES_PER_THREAD),
                Runtime.getRuntime().availableProcessors());
        // Memory of a confined arena is its owner's alone.
        boolean isShared = useful > 1 && memory.isAccessibleBy(new Thread(this));
        return isShared ? useful - 1 : 0;
    }

    /// Waits for a thread; whether this one was interrupted meanwhile.
    private static boolean joinWholly(Thread thread) {
        boolean wasInterrupted = false;
        while (true) {
            try {
                thread.join();
                return wasInterrupted;
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
    }

    /// Takes pieces until none is left.
    @Override
    public void run() {
        for (int piece = next.getAndIncrement(); piece < sums.length; piece = next.getAndIncrement()) {
            long start = (long) piece * PIECE;
            long bytes = Math.min(PIECE, memory.byteSize() - start);
            sums[piece] = sum(memory.asSlice(start, bytes).asByteBuffer());
            done.incrementAndGet();
        }
    }

    private long sum(ByteBuffer bytes) {
        var lower = new CRC32C();
        var upper = new CRC32();
        int size = bytes.limit();
        for (int at = 0; at < size; at += STRETCH) {
            bytes.limit(Math.min(size, at + STRETCH)).position(at);
            lower.update(bytes);
            if (alsoCrc32) {
                upper.update(bytes.position(at));
            }
        }
        return upper.getValue() << 32 | lower.getValue();
    }
}
