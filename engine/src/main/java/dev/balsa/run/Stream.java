package dev.balsa.run;

import dev.balsa.error.BalsaException;
import dev.balsa.error.InternalException;
import dev.balsa.error.ResourceException;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.replay.ReplaySpan;
import dev.balsa.kernel.replay.ReplayWork;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What one run at a time needs: a team of workers and memory. Not for concurrent use.
///
/// Programs run inside programs (bodies of loops, stages whose shapes only the run tells) use memory of their own
/// depth.
public final class Stream implements AutoCloseable {
    /// Programs that stay bound per depth; with more input shapes than this in turn, binding is done again.
    private static final int MOST_BOUND = 64;

    /// Memory and operations that take about as long as handing work over.
    private static final long SMALL_BYTES = 32 << 10;

    private static final long SMALL_FLOPS = 1 << 19;

    private final Team team;
    private final SharedWork shared;
    private final Replaying replaying = new Replaying();
    private final List<Level> levels = new ArrayList<>();
    private StepListener listener = StepListener.NONE;

    /// A stream with the given number of workers, the caller's thread being one of them.
    public Stream(int threads, String name) {
        this(threads, name, List.of());
    }

    /// A stream whose workers stay on given logical processors, but for the caller's thread.
    ///
    /// @param processors one per worker, or nothing, to leave them to the system; see [WorkerPlaces#ofStream]
    public Stream(int threads, String name, List<Integer> processors) {
        team = new Team(threads, name, processors);
        shared = new SharedWork(threads);
    }

    /// From now on `told` hears of every step; [StepListener#NONE] ends that.
    public void listen(StepListener told) {
        listener = told;
    }

    /// The outputs of one run and the way to give their memory back.
    ///
    /// @param release gives the memory of outputs of planned shape back; the others are garbage collected
    public record Results(List<Tensor> tensors, Runnable release) {}

    /// Takes the memory of the model's own program and binds it, as its first run would.
    public void prepare(Program program) {
        var buffers = level(0).bind(program).outputs();
        buffers.giveBack(buffers.take());
    }

    /// Runs the model's own program on inputs of the shapes that it was planned for.
    public Results run(Program program, List<Tensor> inputs) {
        var bound = level(0).bind(program);
        var buffers = bound.outputs();
        var set = buffers.take();
        try {
            return new Results(run(bound, inputs, set, 0), () -> buffers.giveBack(set));
        } catch (RuntimeException | Error e) {
            buffers.giveBack(set);
            throw e;
        }
    }

    /// Runs a program inside of another one, at the given depth; the results are the garbage collector's to free,
    /// since nobody can tell how long the outer program passes them around.
    public List<Tensor> runNested(Program program, List<Tensor> inputs, int depth) {
        var bound = level(depth).bind(program);
        return run(bound, inputs, bound.outputs().allocate(), depth);
    }

    private Level level(int depth) {
        while (levels.size() <= depth) {
            levels.add(new Level());
        }
        return levels.get(depth);
    }

    private List<Tensor> run(BoundProgram bound, List<Tensor> inputs, List<Tensor> outputs, int depth) {
        var program = bound.program();
        checkInterrupt();
        bound.bind(inputs, outputs);
        for (int i = 0; i < program.steps().size(); ) {
            var span = listener == StepListener.NONE ? bound.span(i) : Optional.<BoundProgram.Span>empty();
            if (span.isPresent()) {
                checkInterrupt();
                replay(bound, i, span.get().replay());
                i = span.get().end();
            } else {
                step(bound, i, depth);
                i++;
            }
        }
        var tensors = new ArrayList<Tensor>(program.outputs().size());
        for (int i = 0; i < program.outputs().size(); i++) {
            tensors.add(bound.tensor(program.outputs().get(i)).orElseThrow());
        }
        return tensors;
    }

    /// Lets the caller's thread be the way to end a run that takes too long; it stays interrupted.
    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new ResourceException("the thread was interrupted during the run; expected to run to the end");
        }
    }

    private void replay(BoundProgram bound, int first, ReplaySpan span) {
        span.begin();
        replaying.span = span;
        team.run(replaying);
        var stop = span.stop();
        if (stop.isPresent()) {
            int index = first + stop.get().work();
            if (bound.program().steps().get(index) instanceof Step.KernelStep(var info, ReplayWork work, var _)) {
                try {
                    work.complain(stop.get().phase(), bound.frame(index, 0));
                } catch (RuntimeException e) {
                    throw placed(info, e);
                }
            }
        }
    }

    /// Steps that all workers go through without coming back; one object for all runs, too.
    private static final class Replaying implements Team.Job {
        /// How long a worker leaves its processor to others who have not done what they took.
        private static final long PAUSE_NANOS = 50_000;

        private @Nullable ReplaySpan span;

        @Override
        public void run(int worker, int workers) {
            var ours = Objects.requireNonNull(span);
            while (!ours.run(worker)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void step(BoundProgram bound, int index, int depth) {
        checkInterrupt();
        var step = bound.program().steps().get(index);
        long start = listener == StepListener.NONE ? 0 : System.nanoTime();
        switch (step) {
            case Step.KernelStep(var info, var work, var _) -> runPlaced(info, work, bound, index);
            case Step.HostStep host -> host.task().run(new HostCall(this, bound, host, depth));
        }
        if (listener != StepListener.NONE) {
            listener.ran(step.info(), depth, start, System.nanoTime());
        }
    }

    private void runPlaced(StepInfo info, Work work, BoundProgram bound, int index) {
        try {
            runKernel(work, bound, index, isSmall(info));
        } catch (RuntimeException e) {
            throw placed(info, e);
        }
    }

    /// What went wrong, with the step where it did.
    private static BalsaException placed(StepInfo info, RuntimeException e) {
        var known = e instanceof BalsaException balsa
                ? balsa
                : new InternalException("kernel " + info.kernel() + " failed (" + e + "); please report the model", e);
        return known.within(info.label());
    }

    /// Steps that a worker does sooner than it could be woken, or even told, by another.
    public static boolean isSmall(StepInfo info) {
        return info.bytes() > 0 && info.bytes() <= SMALL_BYTES && info.flops() <= SMALL_FLOPS;
    }

    private void runKernel(Work work, BoundProgram bound, int step, boolean alone) {
        int phases = work.phases();
        for (int phase = 0; phase < phases; phase++) {
            int units = work.units(phase);
            if (units <= 1 || alone || team.size() == 1) {
                work.run(phase, 0, units, bound.frame(step, 0));
            } else {
                runShared(work, phase, units, bound, step);
            }
        }
    }

    private void runShared(Work work, int phase, int units, BoundProgram bound, int step) {
        shared.work = work;
        shared.phase = phase;
        shared.units = units;
        shared.steady = work.isSteady(phase);
        shared.job++;
        shared.next.set(0);
        shared.bound = bound;
        shared.step = step;
        team.run(shared);
    }

    /// The part of a kernel that all workers do, set by the caller's thread before the team runs it; one object for
    /// all runs, so that none is made per step.
    ///
    /// A worker takes half of its share of the units that are left, and comes back for more: shares get smaller,
    /// so that a worker whose core is slower, or busy with something else, holds up the others less. Of steady
    /// phases it takes its own share at once, and then those of workers that have not come.
    private static final class SharedWork implements Team.Job {
        private @Nullable Work work;
        private @Nullable BoundProgram bound;
        private int phase;
        private int units;
        private boolean steady;
        private int step;
        private final AtomicInteger next = new AtomicInteger();
        /// The number of this job, and by worker that of the last one whose share of it was taken.
        private int job;
        private final AtomicIntegerArray taken;

        private SharedWork(int workers) {
            taken = new AtomicIntegerArray(workers);
        }

        private void runSteadily(int worker, int workers, Frame ours) {
            for (int i = 0; i < workers; i++) {
                int share = (worker + i) % workers;
                int last = taken.get(share);
                if (last != job && taken.compareAndSet(share, last, job)) {
                    int first = (int) ((long) units * share / workers);
                    int end = (int) ((long) units * (share + 1) / workers);
                    if (first < end) {
                        Objects.requireNonNull(work).run(phase, first, end, ours);
                    }
                }
            }
        }

        @Override
        public void run(int worker, int workers) {
            var ours = Objects.requireNonNull(bound).frame(step, worker);
            if (steady) {
                runSteadily(worker, workers, ours);
                return;
            }
            int from = next.get();
            while (from < units) {
                int to = from + Math.max(1, (units - from) / (2 * workers));
                if (next.compareAndSet(from, to)) {
                    Objects.requireNonNull(work).run(phase, from, to, ours);
                }
                from = next.get();
            }
        }
    }

    /// Ends the workers and frees all memory.
    @Override
    public void close() {
        team.close();
        levels.forEach(Level::close);
    }

    /// The memory of one depth of nesting, and the programs bound to it.
    private final class Level implements AutoCloseable {
        private final StreamMemory memory = new StreamMemory();
        private final Map<Program, BoundProgram> bound = new LinkedHashMap<>(16, 0.75f, true);

        BoundProgram bind(Program program) {
            long sharedAt = round(program.memoryBytes());
            long scratchAt = sharedAt + round(program.sharedBytes());
            long scratch = round(program.workerBytes());
            var all = memory.atLeast(Math.max(64, scratchAt + scratch * team.size()));
            var known = bound.get(program);
            if (known != null && known.memoryVersion() == memory.version()) {
                return known;
            }
            var workers = new ArrayList<MemorySegment>();
            for (int i = 0; i < team.size(); i++) {
                workers.add(all.asSlice(scratchAt + i * scratch, scratch));
            }
            var made = new BoundProgram(
                    program, all, memory.version(), all.asSlice(sharedAt, round(program.sharedBytes())), workers);
            bound.put(program, made);
            dropEldest();
            return made;
        }

        private static long round(long bytes) {
            return (bytes + 63) & -64;
        }

        private void dropEldest() {
            if (bound.size() > MOST_BOUND) {
                var eldest = bound.entrySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }

        @Override
        public void close() {
            bound.clear();
            memory.close();
        }
    }

    private record HostCall(Stream stream, BoundProgram bound, Step.HostStep step, int depth) implements HostTask.Call {
        @Override
        public List<Optional<Tensor>> inputs() {
            return step.inputs().stream().map(bound::tensor).toList();
        }

        @Override
        public Optional<Tensor> planned(int index) {
            return bound.tensor(step.outputs().get(index));
        }

        @Override
        public void set(int index, Tensor tensor) {
            if (step.outputs().get(index) != Step.NO_SLOT) {
                bound.set(step.outputs().get(index), tensor);
            }
        }
    }
}
