package dev.balsa.cli.fuzz;

import dev.balsa.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Tries mutants one after the other, each under a watchdog. Not thread-safe.
///
/// A mutant may take as much time of the processor as the limit says; after half of it the thread is interrupted, which
/// a run must heed. A thread that does not come back is left behind: it cannot be stopped.
public final class FuzzRun {
    private static final long MOST_INPUT = 1 << 18;

    /// The limit on elapsed time is this many times that on processor time: other processes may take the rest.
    private static final int PATIENCE = 8;

    private static final ThreadFactory THREADS =
            Thread.ofPlatform().daemon().name("fuzz").factory();

    private final ModelMutator mutator;
    private final Options options;
    private final Duration limit;
    private final boolean runs;
    private final Path file;
    private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);

    /// @param options how models are loaded; one thread is enough
    /// @param limit how long a mutant may take
    /// @param runs whether models that load are run as well
    /// @param folder where each mutant is put as a file for the time of its trial; a folder in memory is fastest
    public FuzzRun(ModelMutator mutator, Options options, Duration limit, boolean runs, Path folder) {
        this.mutator = mutator;
        this.options = options;
        this.limit = limit;
        this.runs = runs;
        this.file = folder.resolve("mutant-" + ProcessHandle.current().pid() + ".onnx");
    }

    /// Tries mutants `from` to `to` (exclusive) and tells of failures as they come.
    ///
    /// @throws UncheckedIOException if the file cannot be written
    public void run(long from, long to, Consumer<Finding> failures) {
        try {
            for (long number = from; number < to; number++) {
                var mutant = mutator.mutant(number);
                Files.write(file, mutant.bytes());
                var outcome = watched(number);
                counts.merge(outcome.verdict(), 1L, Long::sum);
                if (outcome.verdict().isFailure()) {
                    failures.accept(new Finding(number, mutant.source(), outcome.verdict(), outcome.what()));
                }
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many mutants came to which end so far.
    public Map<Verdict, Long> counts() {
        return new EnumMap<>(counts);
    }

    private Trial.Outcome watched(long number) {
        var trial = new Trial(options, runs ? MOST_INPUT : -1, mutator.random(~number));
        var outcome = new CompletableFuture<Trial.Outcome>();
        var thread = THREADS.newThread(() -> {
            try {
                outcome.complete(trial.attempt(file));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.start();
        return await(outcome, thread);
    }

    private Trial.Outcome await(CompletableFuture<Trial.Outcome> outcome, Thread thread) {
        long start = System.nanoTime();
        boolean interrupted = false;
        while (true) {
            try {
                return outcome.get(limit.toMillis() / 8 + 1, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                var used = used(thread, start);
                if (used.compareTo(limit) > 0) {
                    return new Trial.Outcome(
                            Verdict.HUNG, "after " + used.toMillis() + " ms" + Finding.frames(thread.getStackTrace()));
                }
                if (!interrupted && used.compareTo(limit.dividedBy(2)) > 0) {
                    thread.interrupt();
                    interrupted = true;
                }
            } catch (ExecutionException e) {
                var cause = Optional.ofNullable(e.getCause()).orElse(e);
                return new Trial.Outcome(Verdict.ESCAPED, cause + Finding.frames(cause.getStackTrace()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a mutant", e);
            }
        }
    }

    private static Duration used(Thread thread, long start) {
        long processor = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
        return Duration.ofNanos(Math.max(processor, (System.nanoTime() - start) / PATIENCE));
    }
}
