package dev.balsa.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.cpu.Affinity;
import dev.balsa.cpu.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {
    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final long LONGER_THAN_SPINNING = 5_000_000;

    /// A job whose workers wait for each other, so that all take part.
    private static Team.Job together(Team.Job job) {
        var joined = new AtomicInteger();
        return (worker, workers) -> {
            joined.incrementAndGet();
            while (joined.get() < workers) {
                Thread.onSpinWait();
            }
            job.run(worker, workers);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyPieceOfEveryJobIsDoneByWhoeverComes(int size) {
        int pieces = 7;
        try (var team = new Team(size, "test")) {
            for (int job = 1; job <= 2000; job++) {
                var next = new AtomicInteger();
                var done = new AtomicInteger();
                team.run((_, workers) -> {
                    assertThat(workers).isEqualTo(size);
                    while (next.getAndIncrement() < pieces) {
                        done.incrementAndGet();
                    }
                });
                assertThat(done.get()).isEqualTo(pieces);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void nobodyJoinsAJobThatIsOver(int size) {
        try (var team = new Team(size, "test")) {
            var late = new AtomicInteger();
            for (int job = 0; job < 2000; job++) {
                var isOver = new AtomicBoolean();
                team.run((_, _) -> {
                    if (isOver.get()) {
                        late.incrementAndGet();
                    }
                });
                isOver.set(true);
            }
            team.run(together((_, _) -> {}));
            assertThat(late.get()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void allWorkersCanTakePart(int size) {
        try (var team = new Team(size, "test")) {
            var done = new AtomicIntegerArray(size);
            for (int job = 1; job <= 100; job++) {
                team.run(together((worker, _) -> done.incrementAndGet(worker)));
                for (int worker = 0; worker < size; worker++) {
                    assertThat(done.get(worker)).isEqualTo(job);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theFirstWorkerIsTheCaller(int size) {
        try (var team = new Team(size, "test")) {
            var caller = Thread.currentThread();
            team.run(together(
                    (worker, _) -> assertThat(Thread.currentThread() == caller).isEqualTo(worker == 0)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void wakesWorkersThatParked(int size) {
        try (var team = new Team(size, "test")) {
            var sum = new AtomicLong();
            for (int job = 0; job < 20; job++) {
                LockSupport.parkNanos(LONGER_THAN_SPINNING);
                team.run(together((worker, _) -> sum.addAndGet(worker + 1L)));
            }
            assertThat(sum.get()).isEqualTo(20L * size * (size + 1) / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void waitsForSlowWorkers(int size) {
        try (var team = new Team(size, "test")) {
            for (int job = 0; job < 5; job++) {
                var done = new AtomicIntegerArray(size);
                team.run(together((worker, _) -> {
                    if (worker > 0) {
                        LockSupport.parkNanos(2 * LONGER_THAN_SPINNING);
                    }
                    done.set(worker, 1);
                }));
                for (int worker = 0; worker < size; worker++) {
                    assertThat(done.get(worker)).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void failuresOfAnyWorkerReachTheCaller(int size) {
        try (var team = new Team(size, "test")) {
            for (int failing = 0; failing < size; failing++) {
                int which = failing;
                var others = new AtomicLong();
                assertThatThrownBy(() -> team.run(together((worker, _) -> {
                            if (worker == which) {
                                throw new IllegalStateException("worker " + worker);
                            }
                            others.incrementAndGet();
                        })))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("worker " + which);
                assertThat(others.get()).isEqualTo(size - 1L);
                assertThatThrownBy(() -> team.run(together((worker, _) -> fail(worker == which))))
                        .isInstanceOf(StackOverflowError.class);
                team.run(together((_, _) -> others.incrementAndGet()));
                assertThat(others.get()).isEqualTo(2L * size - 1);
            }
        }
    }

    private static void fail(boolean now) {
        if (now) {
            throw new StackOverflowError();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void aCallerThatIsInterruptedStillGetsItsResult(int size) {
        try (var team = new Team(size, "test")) {
            var sum = new AtomicLong();
            Thread.currentThread().interrupt();
            team.run(together((worker, _) -> {
                if (worker > 0) {
                    LockSupport.parkNanos(LONGER_THAN_SPINNING);
                }
                sum.incrementAndGet();
            }));
            assertThat(sum.get()).isEqualTo(size);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void closingEndsTheThreads(int size) {
        var team = new Team(size, "to-close-" + size);
        team.run((_, _) -> {});
        team.close();
        team.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("to-close-" + size));
    }

    @Test
    void pinsItsThreadsButNotTheCallers() throws Exception {
        assumeTrue(Files.isReadable(STATUS), "skipped: this system has no " + STATUS);
        var callers = allowed();
        var processors = Topology.current().placingOrder();
        int size = Math.min(4, processors.size());
        assumeTrue(size > 1, "skipped: this process may use one processor only");
        assumeTrue(canPin(processors.getFirst()), "skipped: this system does not let threads be pinned");
        var found = new AtomicReferenceArray<String>(size);
        try (var team = new Team(size, "test", processors.subList(0, size))) {
            team.run(together((worker, _) -> found.set(worker, allowed())));
        }
        for (int worker = 1; worker < size; worker++) {
            assertThat(found.get(worker)).isEqualTo(Integer.toString(processors.get(worker)));
        }
        assertThat(found.get(0)).isEqualTo(callers);
        assertThat(allowed()).isEqualTo(callers);
    }

    @Test
    void worksWhereTheSystemRefusesToPin() {
        try (var team = new Team(3, "test", List.of(-1, -1, -1))) {
            var done = new AtomicLong();
            team.run(together((_, _) -> done.incrementAndGet()));
            assertThat(done.get()).isEqualTo(3);
        }
    }

    /// Tries it on a thread that ends afterwards.
    private static boolean canPin(int processor) throws Exception {
        var task = new FutureTask<>(() -> Affinity.pin(processor));
        Thread.ofPlatform().start(task);
        return task.get();
    }

    /// On which processors Linux lets the calling thread run.
    private static String allowed() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
