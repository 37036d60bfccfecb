package dev.balsa.rewrite;

import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Threads that help with work of loading and planning, which other threads than a model's do: its streams run
/// programs, and there are none yet.
public final class Helpers {
    private Helpers() {}

    /// Runs the same work in several threads, of which the caller's is one, and waits for the end of all. An
    /// interrupt is kept for afterwards. If the work fails in one of them, it is as if it failed in the caller's.
    ///
    /// @param threads how many, at least 1
    /// @param name of the other threads, with a number behind
    /// @param work must take what there is to do from a place that all look at
    public static void run(int threads, String name, Runnable work) {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        Runnable watched = () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failures.add(e);
            }
        };
        var helpers = new ArrayList<Thread>();
        for (int i = 1; i < threads; i++) {
            helpers.add(Thread.ofPlatform().daemon().name(name + "-" + i).start(watched));
        }
        watched.run();
        helpers.forEach(Helpers::join);
        var first = failures.peek();
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private static void join(Thread helper) {
        boolean interrupted = false;
        while (helper.isAlive()) {
            try {
                helper.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
