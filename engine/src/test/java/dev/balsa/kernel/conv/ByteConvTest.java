package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.WorkTrial;
import dev.balsa.kernel.gemm.ZeroPoints;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Convolutions of bytes, to the last bit.
class ByteConvTest {
    @ParameterizedTest
    @EnumSource
    void randomConvolutionsEqualTheirDefinition(VectorProvider provider) {
        for (long seed = 1; seed <= 80; seed++) {
            check(seed, provider);
        }
    }

    private static void check(long seed, VectorProvider provider) {
        var random = new Random(seed);
        var groups = 1 + random.nextInt(3);
        var depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 5);
        var rows = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9);
        var batch = 1 + random.nextInt(2);
        var window = RandomWindow.convolution(random);
        var signedX = random.nextBoolean();
        var signedW = random.nextBoolean();
        var zeroX = random.nextBoolean() ? ZeroPoints.NONE : ZeroPoints.ONE;
        var zeroW = ZeroPoints.values()[random.nextInt(3)];
        var outputs = groups * rows;
        var request =
                new ByteConvRequest(batch, groups, groups * depth, outputs, window, signedX, signedW, zeroX, zeroW);
        var x = bytes(random, batch * groups * depth * (int) window.inputSize());
        var w = bytes(random, outputs * depth * window.kernelSize());
        var zerosX = bytes(random, 1);
        var zerosW = bytes(random, zeroW == ZeroPoints.EACH ? outputs : 1);
        try (var trial = new WorkTrial()) {
            var inputs = new ArrayList<>(List.of(trial.bytes(x), trial.bytes(w)));
            if (zeroX != ZeroPoints.NONE) {
                inputs.add(trial.bytes(zerosX));
            }
            if (zeroW != ZeroPoints.NONE) {
                inputs.add(trial.bytes(zerosW));
            }
            var work = new PortableByteConvKernel(provider).prepare(request, trial);
            var bytes = trial.run(work, inputs, batch * outputs * window.outputSize() * Integer.BYTES);
            var actual = MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_INT_UNALIGNED);
            var noX = zeroX == ZeroPoints.NONE;
            var noW = zeroW == ZeroPoints.NONE;
            var expected = define(request, x, w, noX ? new byte[1] : zerosX, noW ? new byte[1] : zerosW);
            assertThat(actual).as("seed %d of %s", seed, request).isEqualTo(expected);
        }
    }

    private static int[] define(ByteConvRequest request, byte[] x, byte[] w, byte[] zerosX, byte[] zerosW) {
        var window = request.window();
        var pixels = (int) window.outputSize();
        var size = (int) window.inputSize();
        var taps = window.kernelSize();
        var depth = request.channels() / request.groups();
        var rows = request.outputs() / request.groups();
        var y = new int[request.batch() * request.outputs() * pixels];
        var zeroX = value(zerosX[0], request.signedX());
        RandomWindow.forEach(window, false, (output, tap, input) -> {
            for (int m = 0; m < request.batch() * request.outputs(); m++) {
                var out = m % request.outputs();
                var channel = m / request.outputs() * request.channels() + out / rows * depth;
                var zeroW = value(zerosW[out % zerosW.length], request.signedW());
                for (int c = 0; c < depth; c++) {
                    var weight = value(w[(out * depth + c) * taps + tap], request.signedW()) - zeroW;
                    var pixel = value(x[(channel + c) * size + input], request.signedX()) - zeroX;
                    y[m * pixels + output] += pixel * weight;
                }
            }
        });
        return y;
    }

    private static int value(byte value, boolean signed) {
        return signed ? value : value & 0xFF;
    }

    private static byte[] bytes(Random random, int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
