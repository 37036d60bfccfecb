package dev.balsa.kernel.movement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Apart;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MovementWorkTest {
    private static final int SEEDS = 1000;
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 80);

    static IntStream seeds() {
        return IntStream.range(0, CASES);
    }

    private static List<Long> shape(Random random, int rank) {
        var shape = new ArrayList<Long>();
        for (int d = 0; d < rank; d++) {
            shape.add(1L + random.nextInt(random.nextInt(3) == 0 ? 80 : 5));
        }
        return shape;
    }

    private static int elementBytes(Random random) {
        return 1 << random.nextInt(4);
    }

    private static byte[] bytes(Random random, long count) {
        var bytes = new byte[Math.toIntExact(count)];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void transposes(int seed) {
        var random = new Random(seed);
        var shape = shape(random, random.nextInt(5));
        var permutation =
                new ArrayList<>(IntStream.range(0, shape.size()).boxed().toList());
        Collections.shuffle(permutation, random);
        checkCopy(StridedCopyRequest.transpose(elementBytes(random), shape, permutation), Trials.count(shape), random);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void transposesThatRound(int seed) {
        var random = new Random(seed);
        var shape = shape(random, 2 + random.nextInt(2));
        var permutation = List.of(List.of(1, 0), List.of(0, 2, 1)).get(shape.size() - 2);
        var request = StridedCopyRequest.transpose(Float.BYTES, shape, permutation);
        int count = (int) Trials.count(shape);
        var x = Trials.floats(random, count);
        CodeTrial.levels()
                .flatMap(isa -> MovementKernels.copies(isa).stream())
                .filter(kernel -> kernel.supports(request))
                .forEach(kernel -> Rounded.check(seed, kernel, request, List.of(x), count, 0));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void putsBytesOfLinesByTurns(int seed) {
        var random = new Random(seed);
        long lines = 2 + random.nextInt(7);
        long rows = random.nextInt(8) == 0 ? 20_000 + random.nextInt(20_000) : 16 + random.nextInt(60);
        long planes = rows > 1000 ? 1 : 1 + random.nextInt(40);
        var shape = List.of(1L + random.nextInt(3), lines, planes, rows);
        var permutation = random.nextBoolean() ? List.of(0, 2, 3, 1) : List.of(2, 0, 3, 1);
        checkCopy(StridedCopyRequest.transpose(1, shape, permutation), Trials.count(shape), random);
    }

    @Test
    void transposesMatricesInTiles() {
        var random = new Random(1);
        var request = StridedCopyRequest.transpose(4, List.of(70L, 3L, 45L), List.of(2, 1, 0));
        assertThat(MovementKernels.copies().getFirst().supports(request)).isTrue();
        checkCopy(request, 70 * 3 * 45, random);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void slices(int seed) {
        var random = new Random(seed);
        var shape = shape(random, 1 + random.nextInt(4));
        var starts = new ArrayList<Long>();
        var steps = new ArrayList<Long>();
        var counts = new ArrayList<Long>();
        for (var size : shape) {
            var start = (long) random.nextInt((int) (long) size);
            var back = random.nextBoolean();
            var step = 1L + random.nextInt(3);
            starts.add(start);
            steps.add(back ? -step : step);
            counts.add((back ? start : size - 1 - start) / step + 1);
        }
        var request = StridedCopyRequest.slice(elementBytes(random), shape, starts, steps, counts);
        checkCopy(request, Trials.count(shape), random);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void expandsAndTiles(int seed) {
        var random = new Random(seed);
        var result = shape(random, 1 + random.nextInt(4));
        var input = new ArrayList<>(result.subList(random.nextInt(result.size() + 1), result.size()));
        input.replaceAll(size -> random.nextBoolean() ? 1L : size);
        checkCopy(StridedCopyRequest.expand(elementBytes(random), input, result), Trials.count(input), random);
        var repeats = input.stream().map(_ -> 1L + random.nextInt(3)).toList();
        checkCopy(StridedCopyRequest.tile(elementBytes(random), input, repeats), Trials.count(input), random);
    }

    /// @param seed of the trial, some of which compare with the emulator
    private static <R> void checkCode(
            List<Kernel<R>> kernels, R request, List<byte[]> inputs, byte[] expected, long seed) {
        for (var kernel : kernels) {
            if (kernel.spec().isa() != Isa.PORTABLE && kernel.supports(request)) {
                try (var trial = new CodeTrial(seed)) {
                    inputs.forEach(trial::input);
                    var work = kernel.prepare(request, trial);
                    assertThat(trial.runBytes(work, List.of((long) expected.length))
                                    .getFirst())
                            .as("%s %s", kernel.spec().name(), request)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /// With gaps between rows of the output.
    private static void checkApart(Isa isa, StridedCopyRequest request, byte[] input, byte[] expected, long seed) {
        int row = request.shape().isEmpty() ? 1 : request.shape().getLast().intValue();
        for (var kernel : MovementKernels.copies(isa)) {
            if (kernel.spec().isa() != Isa.PORTABLE && kernel.supports(request)) {
                var found = Apart.run(
                        seed, kernel, request, List.of(floats(input)), expected.length / Float.BYTES, _ -> row);
                assertThat(MemorySegment.ofArray(found).toArray(ValueLayout.JAVA_BYTE))
                        .as("%s %s, apart", kernel.spec().name(), request)
                        .isEqualTo(expected);
            }
        }
    }

    private static float[] floats(byte[] bytes) {
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static void checkCopy(StridedCopyRequest request, long inputCount, Random random) {
        var size = request.elementBytes();
        var input = bytes(random, inputCount * size);
        var count = (int) Trials.count(request.shape());
        var expected = new byte[count * size];
        for (int i = 0; i < count; i++) {
            var rest = i;
            var place = request.start();
            for (int d = request.shape().size() - 1; d >= 0; d--) {
                var extent = (int) (long) request.shape().get(d);
                place += rest % extent * request.strides().get(d);
                rest /= extent;
            }
            System.arraycopy(input, (int) place * size, expected, i * size, size);
        }
        long seed = random.nextInt(SEEDS);
        CodeTrial.levels()
                .forEach(isa -> checkCode(MovementKernels.copies(isa), request, List.of(input), expected, seed));
        if (size == Float.BYTES && count > 0) {
            CodeTrial.levels().forEach(isa -> checkApart(isa, request, input, expected, seed));
        }
        for (var kernel : MovementKernels.copies()) {
            if (kernel.supports(request)) {
                var found = SplitTrial.of(kernel.prepare(request, Trials.NO_CONSTANTS), random)
                        .input(input)
                        .output(expected.length)
                        .run();
                assertThat(found.getFirst()).describedAs(kernel.spec().name()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void concats(int seed) {
        var random = new Random(seed);
        var outer = random.nextInt(9);
        var runs = new ArrayList<Long>();
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            runs.add((long) random.nextInt(random.nextInt(4) == 0 ? 30_000 : 50));
        }
        var trial = SplitTrial.of(Trials.work(MovementKernels.concats(), new ConcatRequest(outer, runs)), random);
        var inputs = new ArrayList<byte[]>();
        for (var run : runs) {
            inputs.add(bytes(random, outer * run));
            trial.input(inputs.getLast());
        }
        var expected = ByteBuffer.allocate(
                (int) (outer * runs.stream().mapToLong(run -> run).sum()));
        for (int o = 0; o < outer; o++) {
            for (int k = 0; k < runs.size(); k++) {
                var run = (int) (long) runs.get(k);
                expected.put(inputs.get(k), o * run, run);
            }
        }
        assertThat(trial.output(expected.capacity()).run().getFirst()).isEqualTo(expected.array());
        CodeTrial.levels()
                .forEach(isa -> checkCode(
                        MovementKernels.concats(isa), new ConcatRequest(outer, runs), inputs, expected.array(), seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void concatsOfRoundedNumbers(int seed) {
        var random = new Random(seed);
        int outer = 1 + random.nextInt(9);
        var runs = new ArrayList<Long>();
        var inputs = new ArrayList<float[]>();
        int count = 0;
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            int run = random.nextInt(random.nextInt(4) == 0 ? 9_000 : 50);
            runs.add((long) run * Float.BYTES);
            inputs.add(Trials.floats(random, (long) outer * run));
            count += outer * run;
        }
        int outputs = count;
        CodeTrial.levels().forEach(isa -> {
            var kernel = MovementKernels.concats(isa).getFirst();
            Rounded.check(seed, kernel, new ConcatRequest(outer, runs), inputs, outputs, 0);
        });
    }

    /// What is between runs stays as it is.
    @ParameterizedTest
    @MethodSource("seeds")
    void restsOfConcats(int seed) {
        var random = new Random(seed);
        int outer = 1 + random.nextInt(9);
        var runs = new ArrayList<Long>();
        var places = new ArrayList<Long>();
        var inputs = new ArrayList<byte[]>();
        long end = 0;
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            long run = random.nextInt(random.nextInt(4) == 0 ? 90_000 : 50);
            end += random.nextInt(90);
            runs.add(run);
            places.add(end);
            inputs.add(bytes(random, outer * run));
            end += run;
        }
        long row = end + random.nextInt(90);
        var expected = new byte[Math.toIntExact((outer - 1) * row + end)];
        Arrays.fill(expected, (byte) -1);
        for (int o = 0; o < outer; o++) {
            for (int k = 0; k < inputs.size(); k++) {
                int run = Math.toIntExact(runs.get(k));
                System.arraycopy(inputs.get(k), o * run, expected, Math.toIntExact(o * row + places.get(k)), run);
            }
        }
        var request = new ConcatRequest(outer, runs, places, row);
        CodeTrial.levels().forEach(isa -> checkCode(MovementKernels.concats(isa), request, inputs, expected, seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pads(int seed) {
        var random = new Random(seed);
        var mode = PadMode.values()[seed % PadMode.values().length];
        var shape = shape(random, PadPlaces.hasValue(mode) ? random.nextInt(4) : 1 + random.nextInt(3));
        var begins = shape.stream()
                .map(size -> random.nextInt((int) Math.min(size, 9) * 2) - Math.min(size, 9) / 2)
                .toList();
        var ends = shape.stream()
                .map(size -> random.nextInt((int) Math.min(size, 9) * 2) - Math.min(size, 9) / 2)
                .toList();
        var request = new PadRequest(elementBytes(random), mode, shape, begins, ends);
        var size = request.elementBytes();
        var input = bytes(random, Trials.count(shape) * size);
        var value = bytes(random, size);
        var expected = padded(request, input, value);
        var trial = SplitTrial.of(Trials.work(MovementKernels.pads(), request), random)
                .input(input);
        if (mode == PadMode.CONSTANT) {
            trial.input(value);
        }
        assertThat(trial.output(expected.length).run().getFirst()).isEqualTo(expected);
        var inputs = mode == PadMode.CONSTANT ? List.of(input, value) : List.of(input);
        CodeTrial.levels().forEach(isa -> checkCode(MovementKernels.pads(isa), request, inputs, expected, seed));
    }

    @Test
    void padsLongRows() {
        var random = new Random(1);
        for (var mode : PadMode.values()) {
            for (var shape : List.of(List.of(3L, 40_000L), List.of(5L, 20_000L), List.of(40L, 50L, 7L))) {
                var first = Collections.nCopies(shape.size(), 0L);
                var ends = new ArrayList<>(first);
                ends.set(shape.size() > 2 ? 1 : (int) (shape.get(0) % 2), 2L);
                var request = new PadRequest(4, mode, shape, ends, ends);
                var input = bytes(random, Trials.count(shape) * 4);
                var value = bytes(random, 4);
                var inputs = mode == PadMode.CONSTANT ? List.of(input, value) : List.of(input);
                var expected = padded(request, input, value);
                CodeTrial.levels().forEach(isa -> checkCode(MovementKernels.pads(isa), request, inputs, expected, 1));
            }
        }
    }

    private static byte[] padded(PadRequest request, byte[] input, byte[] value) {
        var size = request.elementBytes();
        var result = new ArrayList<Long>();
        for (int d = 0; d < request.shape().size(); d++) {
            result.add(Math.max(
                    0,
                    request.shape().get(d)
                            + request.begins().get(d)
                            + request.ends().get(d)));
        }
        var expected = new byte[(int) Trials.count(result) * size];
        for (int i = 0; i < expected.length / size; i++) {
            var rest = i;
            long place = 0;
            long stride = 1;
            var outside = false;
            for (int d = result.size() - 1; d >= 0; d--) {
                var extent = request.shape().get(d);
                var index = rest % result.get(d) - request.begins().get(d);
                rest /= (int) (long) result.get(d);
                outside |= index < 0 || index >= extent;
                place += shown(request.mode(), index, extent) * stride;
                stride *= extent;
            }
            if (!outside || !PadPlaces.hasValue(request.mode())) {
                System.arraycopy(input, (int) place * size, expected, i * size, size);
            } else if (request.mode() == PadMode.CONSTANT) {
                System.arraycopy(value, 0, expected, i * size, size);
            }
        }
        return expected;
    }

    private static long shown(PadMode mode, long index, long extent) {
        var place = index;
        while (place < 0 || place >= extent) {
            place = switch (mode) {
                case CONSTANT, ZERO -> 0;
                case EDGE -> place < 0 ? 0 : extent - 1;
                case WRAP -> place < 0 ? place + extent : place - extent;
                case REFLECT -> extent == 1 ? 0 : place < 0 ? -place : 2 * (extent - 1) - place;
            };
        }
        return place;
    }
}
