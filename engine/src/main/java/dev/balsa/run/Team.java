package dev.balsa.run;

import dev.balsa.cpu.Affinity;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The worker threads of one stream: the caller's own thread and `size - 1` others, which spin for a while between jobs
/// and then park.
///
/// One job at a time; [#run] returns when every worker is done with it. Not for concurrent use.
final class Team implements AutoCloseable {
    /// A part of a job: `worker` is 0 for the caller's thread.
    interface Job {
        void run(int worker, int workers);
    }

    /// How long a worker looks for the next job before it parks. Steps of one run follow each other within
    /// microseconds; waking a parked thread takes tens of them (futex wake-up latency on Linux).
    private static final int SPINS = 20_000;

    private static final VarHandle GENERATION;
    private static final VarHandle PENDING;

    static {
        try {
            var lookup = MethodHandles.lookup();
            GENERATION = lookup.findVarHandle(Team.class, "generation", int.class);
            PENDING = lookup.findVarHandle(Team.class, "pending", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final List<Thread> threads = new ArrayList<>();
    private final int size;
    private final List<Integer> processors;
    private final AtomicBoolean hasTold = new AtomicBoolean();
    private volatile int generation;
    private volatile int pending;
    private volatile boolean closed;
    private volatile Job job = (_, _) -> {};
    private volatile @Nullable Throwable failure;
    private volatile Thread caller;
    /// Per worker (0 for the caller), 1 while it is about to park or parked: whoever changes what it waits for
    /// wakes it.
    private final AtomicIntegerArray parked;

    Team(int size, String name) {
        this(size, name, List.of());
    }

    /// A team whose threads stay on given processors, as far as the system agrees.
    ///
    /// @param processors per worker its logical processor, that of worker 0 being ignored: the caller's thread
    ///     is not ours to pin; or nothing, to leave the threads to the system
    Team(int size, String name, List<Integer> processors) {
        this.size = size;
        this.processors = List.copyOf(processors);
        this.parked = new AtomicIntegerArray(size);
        this.caller = Thread.currentThread();
        for (int i = 1; i < size; i++) {
            int worker = i;
            var thread = Thread.ofPlatform().daemon().name(name + "-" + worker).unstarted(() -> work(worker));
            threads.add(thread);
            thread.start();
        }
    }

    int size() {
        return size;
    }

    /// Runs every worker's part of a job; a failure of any of them is thrown here.
    void run(Job next) {
        if (size == 1) {
            next.run(0, 1);
            return;
        }
        job = next;
        failure = null;
        caller = Thread.currentThread();
        PENDING.setVolatile(this, size - 1);
        GENERATION.getAndAdd(this, 1);
        for (int worker = 1; worker < size; worker++) {
            if (parked.get(worker) != 0) {
                LockSupport.unpark(threads.get(worker - 1));
            }
        }
        Throwable own = null;
        try {
            next.run(0, size);
        } catch (RuntimeException | Error e) {
            own = e;
        }
        awaitOthers();
        rethrow(own != null ? own : failure);
    }

    private void awaitOthers() {
        int spins = 0;
        while ((int) PENDING.getVolatile(this) != 0) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            parked.set(0, 1);
            if ((int) PENDING.getVolatile(this) != 0) {
                LockSupport.park(this);
            }
            parked.set(0, 0);
        }
    }

    private static void rethrow(@Nullable Throwable problem) {
        switch (problem) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(problem);
        }
    }

    private void pin(int worker) {
        if (!processors.isEmpty() && !Affinity.pin(processors.get(worker)) && !hasTold.getAndSet(true)) {
            System.getLogger(Team.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "threads are not pinned: the system refuses processor " + processors.get(worker)
                                    + "; leave out the option for pinning to avoid this message");
        }
    }

    private void work(int worker) {
        pin(worker);
        int seen = 0;
        while (true) {
            int now = awaitJob(worker, seen);
            if (closed) {
                return;
            }
            seen = now;
            try {
                job.run(worker, size);
            } catch (Throwable e) {
                failure = e;
            }
            if ((int) PENDING.getAndAdd(this, -1) == 1 && parked.get(0) != 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    private int awaitJob(int worker, int seen) {
        int spins = 0;
        while (true) {
            int now = (int) GENERATION.getVolatile(this);
            if (now != seen || closed) {
                return now;
            }
            if (++spins < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            parked.set(worker, 1);
            if ((int) GENERATION.getVolatile(this) == seen && !closed) {
                LockSupport.park(this);
            }
            parked.set(worker, 0);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(LockSupport::unpark);
        for (var thread : threads) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
