package dev.balsa.kept;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/// The checksum of much memory, made on several threads: those of its pieces ([Xxh64]) are summed up once more,
/// each as eight bytes, little end first, in their order. What takes most of the time in a process that has just
/// begun is that pages come one by one from a mapped file, which threads share.
final class PieceSums implements Runnable {
    /// Bytes of a piece.
    static final int PIECE = 4 << 20;

    private static final int PIECES_PER_THREAD = 4;
    private static final int MOST_THREADS = 8;

    private final MemorySegment memory;
    private final long[] sums;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    private PieceSums(MemorySegment memory) {
        this.memory = memory;
        sums = new long[Math.toIntExact((memory.byteSize() + PIECE - 1) / PIECE)];
    }

    /// The checksum of memory that stays alive until this returns.
    ///
    /// @throws IllegalStateException if it is closed
    /// @throws WrongThreadException if it belongs to another thread
    static long of(MemorySegment memory) {
        var sum = new Xxh64();
        for (long piece : new PieceSums(memory).taken()) {
            add(sum, piece);
        }
        return sum.value();
    }

    /// Adds the checksum of a piece to that of all.
    static void add(Xxh64 sum, long piece) {
        var bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, piece);
        sum.add(MemorySegment.ofBuffer(bytes));
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
        int wanted = Math.min(MOST_THREADS, sums.length / PIECES_PER_THREAD);
        if (wanted <= 1) {
            // How many processors there are takes as long to tell as some megabytes to sum up.
            return 0;
        }
        int useful = Math.min(wanted, Runtime.getRuntime().availableProcessors());
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
            sums[piece] = Xxh64.of(memory.asSlice(start, bytes));
            done.incrementAndGet();
        }
    }
}
