package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConversionWorkTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 40);

    static Stream<Arguments> seeds() {
        return Trials.seeds(CASES);
    }

    static IntStream plainSeeds() {
        return IntStream.range(0, CASES);
    }

    /// Multiples of a quarter and odd values, so that ties, both ends and NaN occur.
    private static float[] awkward(Random random, long count) {
        var values = Trials.floats(random, count);
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (random.nextInt(12)) {
                case 0 -> Float.NaN;
                case 1 -> Float.POSITIVE_INFINITY;
                case 2 -> -1e30f;
                case 3 -> values[i];
                default -> Math.round(values[i] * 400) * 0.25f;
            };
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void quantizes(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var type = random.nextBoolean() ? DataType.INT8 : DataType.UINT8;
        var channels = random.nextBoolean() ? 1 : 1 + random.nextInt(5);
        var request = new QuantizeRequest(
                type,
                random.nextBoolean(),
                1 + random.nextInt(4),
                channels,
                random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(9000));
        var total = (int) (request.outer() * channels * request.inner());
        var x = awkward(random, total);
        var scale = Trials.floats(random, channels);
        var zero = new byte[channels];
        random.nextBytes(zero);
        for (int c = 0; c < channels; c++) {
            scale[c] = random.nextBoolean() ? 0.5f : Math.abs(scale[c]) + 0.01f;
        }
        var trial = SplitTrial.of(Trials.work(ElementwiseKernels.quantizers(provider), request), random)
                .input(x)
                .input(scale);
        if (request.zeroPoint()) {
            trial.input(zero);
        }
        var expected = new byte[total];
        for (int i = 0; i < total; i++) {
            var c = (int) (i / request.inner() % channels);
            var z = request.zeroPoint() ? type == DataType.INT8 ? zero[c] : zero[c] & 0xff : 0;
            var rounded = Float.isNaN(x[i]) ? z : Math.rint(x[i] / scale[c]) + z;
            expected[i] = (byte) (int) Math.clamp(rounded, (double) type.minValue(), type.maxValue());
        }
        assertThat(trial.output(total).run().getFirst()).isEqualTo(expected);
        var inputs = new ArrayList<>(List.of(bytes(x), bytes(scale)));
        if (request.zeroPoint()) {
            inputs.add(zero);
        }
        CodeTrial.levels()
                .forEach(isa -> checkCode(ElementwiseKernels.quantizers(isa, provider), request, inputs, expected));
    }

    /// Compares what kernels in machine code give, if they support the request.
    private static <R> void checkCode(List<Kernel<R>> kernels, R request, List<byte[]> inputs, byte[] expected) {
        var kernel = kernels.getFirst();
        assertThat(kernel.spec().isa()).isNotEqualTo(Isa.PORTABLE);
        if (kernel.supports(request)) {
            try (var trial = new CodeTrial()) {
                inputs.forEach(trial::input);
                var found = trial.runBytes(kernel.prepare(request, trial), List.of((long) expected.length));
                assertThat(found.getFirst()).as("%s", request).isEqualTo(expected);
            }
        }
    }

    private static byte[] bytes(float[] values) {
        return MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @MethodSource("plainSeeds")
    void dequantizes(int seed) {
        var random = new Random(seed);
        var type = List.of(DataType.INT8, DataType.UINT8, DataType.INT32).get(seed % 3);
        var channels = random.nextBoolean() ? 1 : 1 + random.nextInt(5);
        var request = new DequantizeRequest(
                type, random.nextBoolean(), 1 + random.nextInt(4), channels, 1 + random.nextInt(9000));
        var total = (int) (request.outer() * channels * request.inner());
        var x = integers(random, type, total);
        var zero = integers(random, type, channels);
        var scale = Trials.floats(random, channels);
        var trial = SplitTrial.of(Trials.work(ElementwiseKernels.dequantizers(), request), random)
                .input(bytes(type, x))
                .input(scale);
        if (request.zeroPoint()) {
            trial.input(bytes(type, zero));
        }
        var expected = new double[total];
        for (int i = 0; i < total; i++) {
            var c = (int) (i / request.inner() % channels);
            expected[i] = (float) (x[i] - (request.zeroPoint() ? zero[c] : 0)) * scale[c];
        }
        var found = trial.output(4L * total).floats();
        Trials.assertNear(found, expected, 0, 0);
        var inputs = new ArrayList<>(List.of(bytes(type, x), bytes(scale)));
        if (request.zeroPoint()) {
            inputs.add(bytes(type, zero));
        }
        CodeTrial.levels()
                .forEach(isa -> checkCode(ElementwiseKernels.dequantizers(isa), request, inputs, bytes(found)));
    }

    private static int[] integers(Random random, DataType type, int count) {
        return random.ints(count, (int) Math.max(-100_000, type.minValue()), (int) Math.min(100_000, type.maxValue()))
                .toArray();
    }

    private static byte[] bytes(DataType type, int[] values) {
        var buffer = ByteBuffer.allocate(values.length * type.elementBytes()).order(ByteOrder.nativeOrder());
        for (var value : values) {
            if (type == DataType.INT32) {
                buffer.putInt(value);
            } else {
                buffer.put((byte) value);
            }
        }
        return buffer.array();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void quantizesByRange(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var x = Trials.floats(random, seed == 0 ? 0 : 1 + random.nextInt(seed % 4 == 3 ? 40 : 60_000));
        var low = 0f;
        var high = 0f;
        for (int i = 0; i < x.length; i++) {
            x[i] = seed == 1 ? 0 : x[i] + seed % 3 - 1;
            low = Math.min(low, x[i]);
            high = Math.max(high, x[i]);
        }
        var scale = low == high ? 1f : (high - low) / 255f;
        var zero = (int) Math.clamp(Math.rint(-low / scale), 0, 255);
        var expected = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            expected[i] = (byte) (int) Math.clamp(Math.rint(x[i] / scale) + zero, 0, 255);
        }
        var request = new DynamicQuantizeRequest(x.length);
        var found = SplitTrial.of(Trials.work(ElementwiseKernels.dynamicQuantizers(provider), request), random)
                .input(x)
                .output(x.length)
                .output(4)
                .output(1)
                .run();
        assertThat(found.get(0)).isEqualTo(expected);
        assertThat(SplitTrial.floats(found.get(1))).containsExactly(scale);
        assertThat(found.get(2)).containsExactly(zero);
        CodeTrial.levels().forEach(isa -> {
            var kernel = ElementwiseKernels.dynamicQuantizers(isa, provider).getFirst();
            if (kernel.supports(request)) {
                try (var trial = new CodeTrial()) {
                    trial.input(x);
                    var outputs = List.of((long) x.length, (long) Float.BYTES, 1L);
                    var codes = trial.runBytes(kernel.prepare(request, trial), outputs);
                    for (int i = 0; i < codes.size(); i++) {
                        assertThat(codes.get(i)).as("output %d", i).isEqualTo(found.get(i));
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "INT64", "INT32", "UINT8", "INT8", "BOOL"})
    void castsBothWays(DataType other) {
        var random = new Random(7);
        var x = Trials.floats(random, 20_000);
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 5 == 0 ? 0 : x[i] * 40;
        }
        var there = SplitTrial.of(
                        Trials.work(ElementwiseKernels.casts(), new CastRequest(DataType.FLOAT32, other, x.length)),
                        random)
                .input(x)
                .output(other.bytes(x.length))
                .run()
                .getFirst();
        var back = SplitTrial.of(
                        Trials.work(ElementwiseKernels.casts(), new CastRequest(other, DataType.FLOAT32, x.length)),
                        random)
                .input(there)
                .output(4L * x.length)
                .floats();
        var expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            expected[i] = switch (other) {
                case FLOAT64 -> x[i];
                case BOOL -> x[i] == 0 ? 0 : 1;
                case UINT8 -> (int) x[i] & 0xff;
                case INT8 -> (byte) (int) x[i];
                default -> (long) x[i];
            };
        }
        Trials.assertNear(back, expected, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("plainSeeds")
    void selects(int seed) {
        var random = new Random(seed);
        var rows = 1L + random.nextInt(5);
        var columns = 1L + random.nextInt(9000);
        var size = 1 << random.nextInt(4);
        var strides = List.of(List.of(columns, 1L), List.of(0L, 1L), List.of(1L, 0L));
        var request = new SelectRequest(size, List.of(rows, columns), strides);
        var condition = new byte[(int) (rows * columns)];
        var a = new byte[(int) columns * size];
        var b = new byte[(int) rows * size];
        random.nextBytes(a);
        random.nextBytes(b);
        var expected = new byte[condition.length * size];
        for (int i = 0; i < condition.length; i++) {
            condition[i] = (byte) random.nextInt(2);
            var from = condition[i] != 0 ? a : b;
            var place = (int) (condition[i] != 0 ? i % columns : i / columns);
            System.arraycopy(from, place * size, expected, i * size, size);
        }
        var found = SplitTrial.of(Trials.work(ElementwiseKernels.selects(), request), random)
                .input(condition)
                .input(a)
                .input(b)
                .output(expected.length)
                .run();
        assertThat(found.getFirst()).isEqualTo(expected);
    }
}
