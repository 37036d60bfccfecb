package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.WorkTrial;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of bytes, to the last bit, extreme bytes included.
class ByteGemmTest {
    private static final int[] SIZES = {1, 2, 3, 4, 7, 16, 33, 64, 65, 70};
    private static final int[] DEPTHS = {0, 1, 5, 64, 256, 257, 700};

    @ParameterizedTest
    @EnumSource
    void randomProductsEqualTheirDefinition(VectorProvider provider) {
        for (long seed = 1; seed <= 60; seed++) {
            check(seed, provider);
        }
    }

    private static void check(long seed, VectorProvider provider) {
        var random = new Random(seed);
        var m = SIZES[random.nextInt(SIZES.length)];
        var n = SIZES[random.nextInt(SIZES.length)];
        var k = DEPTHS[random.nextInt(DEPTHS.length)];
        var batch = 1 + random.nextInt(2);
        var signedA = random.nextBoolean();
        var signedB = random.nextBoolean();
        var kinds = ZeroPoints.values();
        var zeroA = kinds[random.nextInt(kinds.length)];
        var zeroB = kinds[random.nextInt(kinds.length)];
        var extreme = random.nextInt(3) == 0;
        var a = bytes(random, batch * m * k, extreme, -1);
        var b = bytes(random, k * n, extreme, -1);
        var zerosA = bytes(random, zeroA == ZeroPoints.EACH ? m : 1, extreme, 0);
        var zerosB = bytes(random, zeroB == ZeroPoints.EACH ? n : 1, extreme, 0);
        var offsetsA = LongStream.range(0, batch).map(i -> i * m * k).boxed().toList();
        var offsetsB = LongStream.range(0, batch).map(_ -> 0).boxed().toList();
        var request = new ByteGemmRequest(m, n, k, offsetsA, offsetsB, signedA, signedB, zeroA, zeroB);
        try (var trial = new WorkTrial()) {
            var inputs = new ArrayList<>(List.of(trial.bytes(a), trial.bytes(b)));
            if (zeroA != ZeroPoints.NONE) {
                inputs.add(trial.bytes(zerosA));
            }
            if (zeroB != ZeroPoints.NONE) {
                inputs.add(trial.bytes(zerosB));
            }
            var work = new PortableByteGemmKernel(provider).prepare(request, trial);
            var bytes = trial.run(work, inputs, (long) batch * m * n * Integer.BYTES);
            var actual = MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_INT_UNALIGNED);
            var expected = new int[actual.length];
            for (int i = 0; i < expected.length; i++) {
                var row = i / n;
                var zero = zeroA == ZeroPoints.NONE ? 0 : value(zerosA[row % m % zerosA.length], signedA);
                var other = zeroB == ZeroPoints.NONE ? 0 : value(zerosB[i % n % zerosB.length], signedB);
                for (int l = 0; l < k; l++) {
                    expected[i] += (value(a[row * k + l], signedA) - zero) * (value(b[l * n + i % n], signedB) - other);
                }
            }
            assertThat(actual).as("seed %d of %s", seed, request).isEqualTo(expected);
        }
    }

    private static int value(byte value, boolean signed) {
        return signed ? value : value & 0xFF;
    }

    private static byte[] bytes(Random random, int count, boolean extreme, int value) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        if (extreme) {
            java.util.Arrays.fill(bytes, (byte) value);
        }
        return bytes;
    }
}
