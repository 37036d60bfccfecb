package dev.balsa.cpu;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// A thread with loops and memory of its own.
final class PeakWorker implements AutoCloseable {
    private static final long WINDOW = 1_000_000L;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("balsa-peak").daemon().factory());
    private final PeakLoops loops = PeakLoops.best();
    private final CompletableFuture<PeakMemory> memory;

    /// What a thread did.
    ///
    /// @param work operations, or bytes
    /// @param from when it began, as [System#nanoTime] counts
    /// @param to when it ended
    record Stretch(long work, long from, long to) {}

    /// A stretch under way.
    record Running(CompletableFuture<Stretch> future) {
        /// Waits for it, whatever interrupts.
        Stretch result() {
            return future.join();
        }
    }

    /// @param bytes of memory
    PeakWorker(long bytes) {
        memory = CompletableFuture.supplyAsync(() -> new PeakMemory(bytes), thread);
    }

    /// What [#multiplyAdd] may be asked for.
    Set<PeakUnit> units() {
        return loops.units();
    }

    /// Starts operations in registers, once no thread is missing any more, or soon.
    Running multiplyAdd(PeakUnit unit, AtomicInteger missing) {
        return start(missing, () -> loops.multiplyAdd(unit));
    }

    /// Starts reading, once no thread is missing any more, or soon.
    Running read(AtomicInteger missing) {
        var own = memory.join();
        return start(missing, () -> {
            loops.read(own.next());
            return PeakMemory.PART;
        });
    }

    private Running start(AtomicInteger missing, LongSupplier loop) {
        return new Running(CompletableFuture.supplyAsync(() -> repeat(missing, loop), thread));
    }

    private static Stretch repeat(AtomicInteger missing, LongSupplier loop) {
        missing.decrementAndGet();
        // Awake, so that all begin at once; not for long, since some may wait for this processor.
        long came = System.nanoTime();
        while (missing.get() > 0 && System.nanoTime() - came < WINDOW) {
            Thread.onSpinWait();
        }
        long from = System.nanoTime();
        long work = 0;
        long to;
        do {
            work += loop.getAsLong();
            to = System.nanoTime();
        } while (to - from < WINDOW);
        return new Stretch(work, from, to);
    }

    @Override
    public void close() {
        thread.close();
        if (!memory.isCompletedExceptionally()) {
            memory.join().close();
        }
        loops.close();
    }
}
