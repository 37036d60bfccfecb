package dev.balsa.cli.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Measures contestants in turns, so that what slows the machine for a while slows all of them.
///
/// A turn begins with a pause, in which the other's waiting threads go to sleep, and a run that is not counted, which
/// brings the model's data back to the caches.
///
/// @param streams how many runs go on at once
/// @param seconds measured time per contestant
/// @param warmUp seconds of a stretch of runs that are not counted; there are as many as it takes for runs to settle
record Turns(int streams, double seconds, double warmUp) {
    private static final int TURNS = 10;
    private static final long LEAST_TURN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_MILLIS = 20;
    private static final int LEAST_RUNS = 3;
    /// Warming up ends when the fastest run of a stretch is not at least this much faster than any before.
    private static final double SETTLED = 0.97;

    private static final int MOST_WARM_UPS = 20;

    /// What one contestant has done so far.
    private static final class Score {
        private final List<Long> runs = new ArrayList<>();
        private long total;
    }

    /// The figures of each contestant, in their order.
    List<Latencies> measure(List<? extends Contestant> contestants) {
        var scores = new LinkedHashMap<Contestant, Score>();
        contestants.forEach(contestant -> scores.put(contestant, new Score()));
        try (var pool = Executors.newFixedThreadPool(streams, Turns::thread)) {
            contestants.forEach(contestant -> warmUp(pool, contestant));
            long length = Math.max(LEAST_TURN, nanos(seconds) / TURNS);
            while (!scores.values().stream().allMatch(this::isEnough)) {
                scores.forEach((contestant, score) -> {
                    pause(contestants.size() > 1);
                    contestant.run();
                    turn(pool, contestant, Math.min(length, nanos(seconds)), score);
                });
            }
        }
        return scores.values().stream()
                .map(score -> Latencies.of(score.runs, score.total))
                .toList();
    }

    /// Runs until runs get no faster: the JVM compiles what is hot while it runs, and on a busy machine that takes
    /// a while.
    private void warmUp(ExecutorService pool, Contestant contestant) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; warmUp > 0 && i < MOST_WARM_UPS; i++) {
            var score = new Score();
            turn(pool, contestant, nanos(warmUp), score);
            double fastest =
                    score.runs.stream().mapToLong(Long::longValue).min().orElse(0);
            if (fastest > best * SETTLED) {
                return;
            }
            best = Math.min(best, fastest);
        }
    }

    private boolean isEnough(Score score) {
        return score.total >= nanos(seconds) && score.runs.size() >= LEAST_RUNS;
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static void pause(boolean needed) {
        if (needed) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void turn(ExecutorService pool, Contestant contestant, long nanos, Score score) {
        long start = System.nanoTime();
        long end = start + nanos;
        if (streams == 1) {
            score.runs.addAll(runs(contestant, end));
        } else {
            Callable<List<Long>> part = () -> runs(contestant, end);
            try {
                for (var done : pool.invokeAll(Collections.nCopies(streams, part))) {
                    score.runs.addAll(done.get());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            }
        }
        score.total += System.nanoTime() - start;
    }

    private static List<Long> runs(Contestant contestant, long end) {
        var times = new ArrayList<Long>();
        long now = System.nanoTime();
        do {
            long start = now;
            contestant.run();
            now = System.nanoTime();
            times.add(now - start);
        } while (now < end);
        return times;
    }

    private static Thread thread(Runnable task) {
        return Thread.ofPlatform().name("balsa-benchmark").daemon().unstarted(task);
    }
}
