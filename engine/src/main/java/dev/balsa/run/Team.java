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
/// One job at a time: the caller begins it, workers join as they come, and [#run] returns when the caller is done and
/// so
/// is every worker that has joined. Nobody waits for a worker that the system has not woken, or not given a processor,
/// until there is nothing left to do. Not for concurrent use.
final class Team implements AutoCloseable {
    /// What workers do together.
    interface Job {
        /// Takes pieces that nobody has taken until none is left. The caller's thread, worker 0, always takes part, of
        /// the others any.
        void run(int worker, int workers);
    }

    /// How long a worker looks for the next job before it parks. Steps of one run follow each other within
    /// microseconds; waking a parked thread takes tens of them (futex wake-up latency on Linux).
    private static final int SPINS = 20_000;

    /// Set in [#state] while workers may join. Below it is the number of those that have joined and are not done,
    /// above it the number of the job.
    private static final long OPEN = 1L << 31;

    private static final int JOB_SHIFT = 32;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Team.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final List<Thread> threads = new ArrayList<>();
    private final int size;
    private final List<Integer> processors;
    private final AtomicBoolean hasTold = new AtomicBoolean();
    private volatile long state;
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

    /// Runs a job; a failure of any worker is thrown here.
    void run(Job next) {
        if (size == 1) {
            next.run(0, 1);
            return;
        }
        job = next;
        failure = null;
        caller = Thread.currentThread();
        state = (long) (number(state) + 1) << JOB_SHIFT | OPEN;
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
        STATE.getAndBitwiseAnd(this, ~OPEN);
        awaitOthers();
        rethrow(own != null ? own : failure);
    }

    private static int number(long state) {
        return (int) (state >> JOB_SHIFT);
    }

    private static boolean isOpen(long state) {
        return (state & OPEN) != 0;
    }

    private static long joined(long state) {
        return state & OPEN - 1;
    }

    private void awaitOthers() {
        int spins = 0;
        while (joined(state) != 0) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            parked.set(0, 1);
            if (joined(state) != 0) {
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
            seen = awaitJob(worker, seen);
            if (closed) {
                return;
            }
            if (!join(seen)) {
                continue;
            }
            try {
                job.run(worker, size);
            } catch (Throwable e) {
                failure = e;
            }
            long before = (long) STATE.getAndAdd(this, -1L);
            if (joined(before) == 1 && parked.get(0) != 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    /// Becomes one of those that the caller waits for, unless the job is over.
    private boolean join(int number) {
        while (true) {
            long now = state;
            if (number(now) != number || !isOpen(now)) {
                return false;
            }
            if (STATE.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
    }

    /// Waits for a job that has not been seen yet and tells its number.
    private int awaitJob(int worker, int seen) {
        int spins = 0;
        while (true) {
            int now = number(state);
            if (now != seen || closed) {
                return now;
            }
            if (++spins < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            parked.set(worker, 1);
            if (number(state) == seen && !closed) {
                LockSupport.park(this);
            }
            parked.set(worker, 0);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(LockSupport::unpark);
        threads.forEach(Uninterruptibly::join);
    }
}
