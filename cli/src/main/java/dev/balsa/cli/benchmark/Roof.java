package dev.balsa.cli.benchmark;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// The most floating-point operations per second that multiply-adds in registers reach on this machine, with as many
/// threads as the model has: the roof that float32 arithmetic on the vector unit cannot pass.
///
/// With the Vector API the loop keeps its accumulators in registers; without it, it is plain Java that the compiler may
/// vectorise, and the roof is lower than the processor's.
public final class Roof {
    /// A loop to measure.
    interface Loop {
        /// Multiply-adds for a while; returns how many floating-point operations that took.
        long run();
    }

    private static final long WINDOW = 20_000_000L;
    /// So long without a better window, and the loops are taken to be compiled and undisturbed.
    private static final int WINDOWS_WITHOUT_RISE = 20;
    private static final int MOST_WINDOWS = 200;
    private static final double RISE = 1.01;

    private Roof() {}

    /// Measures until it rises no more, mostly for half a second, at most for four; operations per second.
    public static double measure(int threads) {
        var loops = new ArrayList<Loop>();
        for (int i = 0; i < threads; i++) {
            loops.add(hasVectors() ? new VectorLoop() : new ScalarLoop());
        }
        double best = 0;
        int sinceRise = 0;
        for (int i = 0; i < MOST_WINDOWS && sinceRise < WINDOWS_WITHOUT_RISE; i++) {
            double rate = together(loops, WINDOW);
            sinceRise = rate > best * RISE ? 0 : sinceRise + 1;
            best = Math.max(best, rate);
        }
        return best;
    }

    private static boolean hasVectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /// Operations per second of all loops, each on a thread of its own.
    private static double together(Iterable<Loop> loops, long nanos) {
        var ready = new CountDownLatch(1);
        var operations = new AtomicLong();
        var threads = new ArrayList<Thread>();
        for (var loop : loops) {
            threads.add(Thread.ofPlatform().name("balsa-roof").daemon().start(() -> {
                try {
                    ready.await();
                } catch (InterruptedException e) {
                    return;
                }
                long end = System.nanoTime() + nanos;
                while (System.nanoTime() < end) {
                    operations.addAndGet(loop.run());
                }
            }));
        }
        long start = System.nanoTime();
        ready.countDown();
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
        return operations.get() * 1e9 / (System.nanoTime() - start);
    }
}
