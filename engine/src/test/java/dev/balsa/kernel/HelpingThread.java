package dev.balsa.kernel;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A second thread for tests that need one.
final class HelpingThread {
    private static final ExecutorService EXECUTOR = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("helper").factory());

    private HelpingThread() {}

    /// Runs one on this thread and the other on another, and returns after both.
    static void both(Runnable here, Runnable there) {
        var other = EXECUTOR.submit(there);
        try {
            here.run();
        } finally {
            finish(other);
        }
    }

    private static void finish(Future<?> other) {
        try {
            other.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the other thread failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
