package dev.balsa.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PanelWeightsTest {
    private static int stored(PanelWeights weights, float value) {
        try (var arena = Arena.ofConfined()) {
            var floats = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f, value, -2f, value);
            var target = arena.allocate(weights.packedBytes(floats.byteSize()));
            weights.pack(floats, target);
            int bits = bits(weights, target, 1);
            assertThat(bits(weights, target, 3)).isEqualTo(bits);
            assertThat(Float.intBitsToFloat(bits(weights, target, 0))).isEqualTo(1f);
            assertThat(Float.intBitsToFloat(bits(weights, target, 2))).isEqualTo(-2f);
            return bits;
        }
    }

    private static int bits(PanelWeights weights, MemorySegment memory, int index) {
        int bytes = weights == PanelWeights.THREE_BYTES ? 3 : 2;
        int bits = 0;
        for (int i = 0; i < bytes; i++) {
            int value = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, (long) index * bytes + i));
            bits |= value << Byte.SIZE * (Float.BYTES - bytes + i);
        }
        return bits;
    }

    @ParameterizedTest
    @EnumSource(names = {"THREE_BYTES", "TWO_BYTES"})
    void roundToTheNearest(PanelWeights weights) {
        int step = weights == PanelWeights.THREE_BYTES ? 1 << 8 : 1 << 16;
        var random = new Random(3);
        for (int i = 0; i < 3000; i++) {
            int bits = i < 1000 ? random.nextInt() : random.nextInt() & -step / 2;
            float value = Float.intBitsToFloat(bits);
            if (!Float.isFinite(value) || Math.abs(value) > 1e38f) {
                continue;
            }
            int low = bits & -step;
            var exact = new BigDecimal(value);
            var below = new BigDecimal(Float.intBitsToFloat(low));
            var above = new BigDecimal(Float.intBitsToFloat(low + step));
            int nearer =
                    exact.subtract(below).abs().compareTo(above.subtract(exact).abs());
            int expected = nearer < 0 || nearer == 0 && (low & step) == 0 ? low : low + step;
            assertThat(stored(weights, value)).as("%x", bits).isEqualTo(expected);
        }
    }

    @Test
    void keepWhatIsNoNumber() {
        for (var weights : new PanelWeights[] {PanelWeights.THREE_BYTES, PanelWeights.TWO_BYTES}) {
            assertThat(Float.intBitsToFloat(stored(weights, Float.NaN))).isNaN();
            assertThat(Float.intBitsToFloat(stored(weights, Float.intBitsToFloat(0x7F800001))))
                    .isNaN();
            assertThat(Float.intBitsToFloat(stored(weights, Float.NEGATIVE_INFINITY)))
                    .isEqualTo(Float.NEGATIVE_INFINITY);
            assertThat(Float.intBitsToFloat(stored(weights, Float.MAX_VALUE)))
                    .isFinite()
                    .isGreaterThan(3.38e38f);
            assertThat(stored(weights, -0f)).isEqualTo(Integer.MIN_VALUE);
        }
    }
}
