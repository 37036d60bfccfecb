package dev.balsa.plan.choice;

import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Caches;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.run.HostTask;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.run.StepInfo;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/// Measures works that do the same, on operands of random numbers, in turns, with a team of threads of its own.
/// Not for concurrent use.
///
/// Before each measured run the caches are filled with something else, and then with the operands that are not
/// constant: in a model the step before has just written those, while weights have been pushed out by those of the
/// other steps. A kernel that reads more memory than another must not look better than it will be. For the same
/// reason works of a kernel that is new to the trial run for a while first: until the JVM has compiled what calls
/// machine code, calls take a hundred times as long.
public final class Trial implements AutoCloseable {
    private static final long MOST_BYTES = 512L << 20;
    private static final long WARM_UP = 200_000_000L;
    private static final int PIECE = 64 << 10;
    private static final int LEAST_ROUNDS = 3;
    private static final int MOST_ROUNDS = 30;
    private static final double SETTLED = 1.05;
    /// How many times as long as usual is measured where times are not settled.
    private static final int PATIENCE = 4;
    private static final StepInfo ASIDE = new StepInfo("", "", "", "", 0, 0);
    private static final StepInfo MEASURED = new StepInfo("", "measured", "", "", 0, 0);

    private final Set<String> warm = new HashSet<>();
    private final LongSupplier clock;
    private final int threads;
    private final long memoryLimit;
    private final long sweptBytes;
    private final long requestNanos;
    private long nanosLeft;
    private Optional<Stream> stream = Optional.empty();
    private long ended;
    private long measured;

    /// An operand of the works.
    ///
    /// @param constant its memory, if it is the same in every run
    public record Operand(DataType type, Shape shape, Optional<MemorySegment> constant) {
        private long newBytes() {
            return constant.isPresent() ? 0 : type.bytes(shape.size());
        }
    }

    /// A trial that has measured nothing yet, and has no threads before it does.
    ///
    /// @param threads that share a work
    /// @param memoryLimit the most bytes that operands and scratch memory may take
    /// @param requestNanos about how long to measure for one request
    /// @param nanos about how long to measure in all
    public Trial(Caches caches, int threads, long memoryLimit, long requestNanos, long nanos) {
        this(System::nanoTime, caches, threads, memoryLimit, requestNanos, nanos);
    }

    /// A trial that goes by another clock.
    Trial(LongSupplier clock, Caches caches, int threads, long memoryLimit, long requestNanos, long nanos) {
        this.clock = clock;
        this.threads = threads;
        this.memoryLimit = Math.min(memoryLimit, MOST_BYTES);
        this.sweptBytes = caches.list().stream().mapToLong(Cache::bytes).max().orElse(0);
        this.requestNanos = requestNanos;
        this.nanosLeft = nanos;
    }

    /// Whether there is time left for another request.
    public boolean hasTime() {
        return nanosLeft > 0;
    }

    /// The least time of each work, in seconds: whatever else the machine does can only add to it. Nothing if time
    /// is up or memory would not do.
    ///
    /// @param kernels the names of the works' kernels
    /// @param operands of all works, the output last; numbers of type float32
    public Optional<List<Double>> seconds(List<String> kernels, List<Work> works, List<Operand> operands) {
        long scratch = works.stream()
                .mapToLong(work -> work.sharedBytes() + threads * work.workerBytes())
                .max()
                .orElse(0);
        long bytes = scratch
                + sweptBytes
                + operands.stream().mapToLong(Operand::newBytes).sum();
        boolean floats = operands.stream().allMatch(operand -> operand.type() == DataType.FLOAT32);
        if (!hasTime() || bytes > memoryLimit || !floats) {
            return Optional.empty();
        }
        long start = clock.getAsLong();
        var times = measure(kernels, works, operands);
        nanosLeft -= clock.getAsLong() - start;
        return Optional.of(times);
    }

    private List<Double> measure(List<String> kernels, List<Work> works, List<Operand> operands) {
        var layout = new Layout(operands, works);
        var programs = works.stream().map(layout::program).toList();
        var running = stream.orElseGet(() -> new Stream(threads, "balsa-trial"));
        stream = Optional.of(running);
        running.listen((step, _, _, _) -> {
            long now = clock.getAsLong();
            if (step == MEASURED) {
                measured = now - ended;
            }
            ended = now;
        });
        running.run(layout.filling(), List.of());
        for (int i = 0; i < works.size(); i++) {
            if (warm.add(kernels.get(i))) {
                warmUp(running, layout.bare(works.get(i)));
            }
        }
        // The first round, in which memory is touched for the first time, does not count.
        round(running, programs);
        var times = new ArrayList<double[]>();
        long start = clock.getAsLong();
        long spent;
        do {
            times.add(round(running, programs));
            spent = clock.getAsLong() - start;
        } while (times.size() < LEAST_ROUNDS
                || times.size() < MOST_ROUNDS
                        && (spent < requestNanos || spent < PATIENCE * requestNanos && !areSettled(times)));
        return IntStream.range(0, works.size())
                .mapToObj(i -> least(times, i, 0))
                .toList();
    }

    private double[] round(Stream running, List<Program> programs) {
        var row = new double[programs.size()];
        for (int i = 0; i < row.length; i++) {
            running.run(programs.get(i), List.of());
            row[i] = measured / 1e9;
        }
        return row;
    }

    /// Whether the least time of each was reached twice: then it is not one lucky moment on a busy machine.
    private static boolean areSettled(List<double[]> times) {
        return IntStream.range(0, times.getFirst().length)
                .allMatch(i -> least(times, i, 1) <= SETTLED * least(times, i, 0));
    }

    private static double least(List<double[]> times, int work, int place) {
        return times.stream()
                .mapToDouble(row -> row[work])
                .sorted()
                .skip(place)
                .findFirst()
                .orElseThrow();
    }

    private void warmUp(Stream running, Program program) {
        long end = clock.getAsLong() + WARM_UP;
        do {
            running.run(program, List.of());
        } while (clock.getAsLong() < end);
    }

    /// Where things lie in the stream's memory, the same for all works.
    private final class Layout {
        private final List<Slot> slots = new ArrayList<>();
        private final List<Integer> operands = new ArrayList<>();
        private final List<Integer> fresh = new ArrayList<>();
        private final int swept;
        private final long shared;
        private final long worker;
        private long bytes;

        Layout(List<Operand> wanted, List<Work> works) {
            for (var operand : wanted) {
                operands.add(slots.size());
                if (operand.constant().isPresent()) {
                    slots.add(new Slot.Constant(Tensor.wrap(
                            operand.type(), operand.shape(), operand.constant().get())));
                } else {
                    fresh.add(slots.size());
                    add(operand.type(), operand.shape(), operand.newBytes());
                }
            }
            swept = slots.size();
            add(DataType.INT8, Shape.of(sweptBytes), sweptBytes);
            shared = works.stream().mapToLong(Work::sharedBytes).max().orElse(0);
            worker = Math.max(
                    PIECE, works.stream().mapToLong(Work::workerBytes).max().orElse(0));
        }

        private void add(DataType type, Shape shape, long length) {
            slots.add(new Slot.Memory(bytes, type, shape));
            bytes += length + 63 & -64;
        }

        Program program(Work work) {
            var steps = new ArrayList<Step>();
            steps.add(new Step.KernelStep(ASIDE, new Reading(sweptBytes), List.of(swept)));
            for (int slot : fresh) {
                var memory = (Slot.Memory) slots.get(slot);
                long length = memory.type().bytes(memory.shape().size());
                steps.add(new Step.KernelStep(ASIDE, new Reading(length), List.of(slot)));
            }
            steps.add(new Step.KernelStep(MEASURED, work, operands));
            return program(steps);
        }

        /// Runs a work and nothing else.
        Program bare(Work work) {
            return program(List.of(new Step.KernelStep(ASIDE, work, operands)));
        }

        Program filling() {
            return program(List.of(new Step.HostStep(ASIDE, call -> fill(call, fresh.size()), List.of(), fresh)));
        }

        private Program program(List<Step> steps) {
            return new Program(slots, steps, List.of(), bytes, shared, worker);
        }
    }

    private static void fill(HostTask.Call call, int count) {
        var random = new SplittableRandom(1);
        for (int i = 0; i < count; i++) {
            var memory = call.planned(i).orElseThrow().memory();
            for (long at = 0; at < memory.byteSize(); at += Float.BYTES) {
                memory.set(ValueLayout.JAVA_FLOAT, at, (float) random.nextDouble() - 0.5f);
            }
        }
    }

    /// Reads its operand, piece by piece, into the worker's scratch memory, which stays in a cache next to the
    /// core.
    private record Reading(long bytes) implements Work {
        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(bytes, PIECE));
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int unit = from; unit < to; unit++) {
                long at = (long) unit * PIECE;
                MemorySegment.copy(frame.operand(0), at, frame.scratch(), 0, Math.min(PIECE, bytes - at));
            }
        }
    }

    @Override
    public void close() {
        stream.ifPresent(Stream::close);
        stream = Optional.empty();
    }
}
