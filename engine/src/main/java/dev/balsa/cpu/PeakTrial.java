package dev.balsa.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/// Lets the loops of several threads run at once, again and again. For one thread, and short use.
final class PeakTrial implements AutoCloseable {
    private static final long BUDGET = 350_000_000L;
    private static final int MOST_ROUNDS = 80;
    private static final int LEAST_ROUNDS = 8;
    /// On a busy machine, threads that rested are woken at once, and on processors of their own.
    private static final long REST = 2_000_000L;

    private final long end = System.nanoTime() + BUDGET;
    private final List<PeakWorker> workers = new ArrayList<>();

    PeakTrial(int threads) {
        long bytes = PeakMemory.bytesPerThread(threads);
        for (int i = 0; i < threads; i++) {
            workers.add(new PeakWorker(bytes));
        }
    }

    PeakRates measure() {
        double flops = 0;
        double bytes = 0;
        for (int i = 0; i < LEAST_ROUNDS || i < MOST_ROUNDS && System.nanoTime() < end; i++) {
            flops = Math.max(flops, rate(PeakWorker::multiplyAdd));
            bytes = Math.max(bytes, rate(PeakWorker::read));
        }
        return new PeakRates(flops, bytes);
    }

    /// Work per second of all threads together, from when the first begins until the last has ended.
    private double rate(BiFunction<PeakWorker, AtomicInteger, PeakWorker.Running> start) {
        LockSupport.parkNanos(REST);
        long begin = System.nanoTime();
        var missing = new AtomicInteger(workers.size());
        var running =
                workers.stream().map(worker -> start.apply(worker, missing)).toList();
        var stretches = running.stream().map(PeakWorker.Running::result).toList();
        long work = 0;
        long last = Long.MIN_VALUE;
        long first = Long.MAX_VALUE;
        for (var stretch : stretches) {
            work += stretch.work();
            first = Math.min(first, stretch.from() - begin);
            last = Math.max(last, stretch.to() - begin);
        }
        return work * 1e9 / (last - first);
    }

    @Override
    public void close() {
        workers.forEach(PeakWorker::close);
    }
}
