package dev.balsa.bench;

import dev.balsa.Roof;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.conv.ChannelsLastConvRequest;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.kernel.conv.Window;
import dev.balsa.memory.LargeMemory;
import dev.balsa.plan.ModelConstants;
import dev.balsa.tensor.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Convolutions of resnet50 at batch 8, on one thread: the secondary result `flop` is GFLOP/s, to be held against
/// the roof, which is measured and printed before every iteration because it changes with the clock. It is that of the
/// unit that the kernel is for, as level and precision choose it: vectors of float32, or on AMX tiles of bfloat16, of
/// which `FAST` takes three products for one, `EXACT` six, and `BF16` one. One convolution on tiles:
///
/// ```
/// bench/run ConvBenchmark -p isa=amx -p precision=FAST -p "shape=28 128 128 3 1"
/// ```
///
/// Memory is in large pages, as that of models and streams. Operations are those of the definition, two per
/// multiply-add; Winograd's algorithm, which `FAST` may choose, can exceed the roof of vectors.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConvBenchmark {
    private static final int BATCH = 8;
    private static final int SEED = 17;
    private static final int HIGH_HALF = 0xFFFF_0000;

    /// Size of the image, channels in, channels out, kernel, stride.
    @Param({
        "56 64 64 1 1",
        "56 64 256 1 1",
        "56 256 64 1 1",
        "56 64 64 3 1",
        "56 256 512 1 2",
        "28 512 128 1 1",
        "28 128 512 1 1",
        "56 128 128 3 2",
        "28 128 128 3 1",
        "14 1024 256 1 1",
        "14 256 1024 1 1",
        "14 256 256 3 1",
        "7 2048 512 1 1",
        "7 512 2048 1 1",
        "7 512 512 3 1"
    })
    String shape = "";

    /// A label of [Isa].
    @Param("avx2")
    String isa = "";

    @Param("EXACT")
    Precision precision = Precision.EXACT;

    /// Whether image and output are stored as layers hand them on to each other where they can: in bfloat16 parts,
    /// or with `BF16` as bfloat16 numbers. Else they are floats.
    @Param("true")
    boolean handedOn;

    private final Arena arena = Arena.ofConfined();
    private final ModelConstants constants = new ModelConstants(arena);
    private @Nullable Work work;
    private Roof roof = Roof.VECTORS;
    private Frame frame = new Frame(List.of(), MemorySegment.NULL, MemorySegment.NULL);
    private long flops;

    /// What is counted beside calls; JMH divides it by the time measured.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Flops {
        /// Floating-point operations.
        public long flop;
    }

    /// Prepares the convolution, with bias and residual-free epilogue, on random numbers; tells the roof.
    @Setup
    public void prepare() {
        var numbers = List.of(shape.split(" ")).stream().map(Integer::valueOf).toList();
        int size = numbers.get(0);
        int channels = numbers.get(1);
        int outputs = numbers.get(2);
        int kernel = numbers.get(3);
        int stride = numbers.get(4);
        int pad = kernel / 2;
        int outputSize = (size + 2 * pad - kernel) / stride + 1;
        var random = new Random(SEED);
        var image = random(random, BATCH * size * size * channels);
        var weights = random(random, outputs * channels * kernel * kernel);
        var output = LargeMemory.allocate(arena, (long) BATCH * outputSize * outputSize * outputs * Float.BYTES);
        var request = new ChannelsLastConvRequest(
                BATCH,
                1,
                channels,
                outputs,
                new Window(
                        List.of(size, size),
                        List.of(kernel, kernel),
                        List.of(stride, stride),
                        List.of(1, 1),
                        List.of(pad, pad),
                        List.of(outputSize, outputSize)),
                weights,
                Epilogue.NONE);
        var prepared = prepare(ConvKernels.channelsLast(Isa.ofLabel(isa).orElseThrow(), precision), request);
        frame = new Frame(
                List.of(image, weights, output),
                LargeMemory.allocate(arena, Math.max(1, prepared.sharedBytes())),
                LargeMemory.allocate(arena, Math.max(1, prepared.workerBytes())));
        work = prepared;
        flops = 2L * BATCH * outputSize * outputSize * outputs * channels * kernel * kernel;
    }

    private Work prepare(List<Kernel<ChannelsLastConvRequest>> kernels, ChannelsLastConvRequest request) {
        var kernel = kernels.stream()
                .filter(one -> one.supports(request))
                .findFirst()
                .orElseThrow();
        roof = Roof.ofKernel(kernel.spec().name());
        var storage = precision == Precision.BF16 ? Storage.BFLOAT16 : Storage.PARTS;
        var stored = new HashSet<Integer>();
        if (handedOn) {
            kernel.takes(request, storage).forEach(stored::addAll);
        }
        return kernel.prepare(kernel.stored(request, storage, stored), constants);
    }

    /// Every other half of such a number is an ordinary bfloat16 number, and so is each if it is read so.
    private MemorySegment random(Random random, int count) {
        var segment = LargeMemory.allocate(arena, (long) count * Float.BYTES);
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToRawIntBits((float) random.nextGaussian());
            segment.setAtIndex(ValueLayout.JAVA_INT, i, bits & HIGH_HALF | bits >>> Short.SIZE);
        }
        return segment;
    }

    /// Measures the roof anew, since it changes with the clock.
    @Setup(Level.Iteration)
    public void tellRoof() {
        var peak = PeakRates.measure(1, Set.of(roof.unit()));
        System.out.printf("roof of %s %.1f GFLOP/s, ", roof.label(), roof.flops(peak) / 1e9);
    }

    /// Frees memory and code.
    @TearDown
    public void free() {
        constants.close();
        arena.close();
    }

    /// The whole convolution.
    @Benchmark
    public Work convolve(Flops counter) {
        var prepared = Objects.requireNonNull(work);
        for (int phase = 0; phase < prepared.phases(); phase++) {
            prepared.run(phase, 0, prepared.units(phase), frame);
        }
        counter.flop += flops;
        return prepared;
    }
}
