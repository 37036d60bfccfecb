package dev.balsa.cpu;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/// Lets the loops of several threads run at once, again and again. For one thread, and short use.
final class PeakTrial implements AutoCloseable {
    /// Nanoseconds for float vectors and memory, and for each further unit.
    private static final long BUDGET = 350_000_000L;

    private static final long FURTHER_BUDGET = 80_000_000L;
    private static final int MOST_ROUNDS = 80;
    private static final int LEAST_ROUNDS = 8;
    /// On a busy machine, threads that rested are woken at once, and on processors of their own.
    private static final long REST = 2_000_000L;

    private final long start = System.nanoTime();
    private final List<PeakWorker> workers = new ArrayList<>();
    private final Set<PeakUnit> units = EnumSet.of(PeakUnit.FLOAT_VECTORS);

    /// @param wanted units to be measured besides float vectors, those that there are loops for
    PeakTrial(int threads, Set<PeakUnit> wanted) {
        long bytes = PeakMemory.bytesPerThread(threads);
        for (int i = 0; i < threads; i++) {
            workers.add(new PeakWorker(bytes));
        }
        wanted.stream().filter(workers.getFirst().units()::contains).forEach(units::add);
    }

    PeakRates measure() {
        var operations = new EnumMap<PeakUnit, Double>(PeakUnit.class);
        double bytes = 0;
        long end = start + BUDGET + (units.size() - 1) * FURTHER_BUDGET;
        for (int i = 0; i < LEAST_ROUNDS || i < MOST_ROUNDS && System.nanoTime() < end; i++) {
            for (var unit : units) {
                double rate = rate((worker, missing) -> worker.multiplyAdd(unit, missing));
                operations.merge(unit, rate, Math::max);
            }
            bytes = Math.max(bytes, rate(PeakWorker::read));
        }
        return new PeakRates(operations, bytes);
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
