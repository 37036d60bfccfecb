package dev.balsa.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static Agreement of(Tensor ours, Tensor theirs) {
        return Agreement.of("y", Optional.of(ours), Optional.of(theirs));
    }

    @Test
    void smallDifferencesAgreeAndLargeOnesDoNot() {
        var theirs = Tensor.of(new float[] {100, 0}, 2);
        assertThat(of(Tensor.of(new float[] {100, 0.09f}, 2), theirs).within()).isTrue();
        var far = of(Tensor.of(new float[] {100, 0.11f}, 2), theirs);
        assertThat(far.within()).isFalse();
        assertThat(far.difference()).isCloseTo(0.11, within(1e-6));
        assertThat(far.largest()).isEqualTo(100);
    }

    @Test
    void notANumberAgreesWithItselfOnly() {
        var nan = Tensor.of(new float[] {Float.NaN}, 1);
        assertThat(of(nan, nan).within()).isTrue();
        assertThat(of(Tensor.of(new float[] {0}, 1), nan).within()).isFalse();
        assertThat(of(nan, Tensor.of(new float[] {0}, 1)).within()).isFalse();
    }

    @Test
    void shapesAndTypesMustBeTheSame() {
        assertThat(of(Tensor.of(new float[2], 2), Tensor.of(new float[2], 1, 2)).within())
                .isFalse();
        assertThat(of(Tensor.of(new float[2], 2), Tensor.of(new long[2], 2)).within())
                .isFalse();
        assertThat(Agreement.of("y", Optional.empty(), Optional.of(Tensor.of(new float[2], 2)))
                        .within())
                .isFalse();
    }

    @Test
    void farResultsMayDifferAsMuchAsThePeerFromItself() {
        var theirs = Optional.of(Tensor.of(new float[] {10, 10, 10, 10}, 4));
        var plain = Optional.of(Tensor.of(new float[] {10, 11, 10, 10}, 4));
        var near = Optional.of(Tensor.of(new float[] {11, 10, 10, 10}, 4));
        var far = Optional.of(Tensor.of(new float[] {11, 10, 9, 10}, 4));
        var judged = Agreement.of("y", near, theirs).judgedByNoise(near, theirs, plain);
        assertThat(judged.within()).isTrue();
        assertThat(judged.distance()).isCloseTo(0.5, within(1e-9));
        assertThat(judged.noise()).isCloseTo(0.5, within(1e-9));
        assertThat(Agreement.of("y", far, theirs)
                        .judgedByNoise(far, theirs, plain)
                        .within())
                .isFalse();
        assertThat(Agreement.of("y", near, theirs)
                        .judgedByNoise(near, theirs, Optional.empty())
                        .within())
                .isFalse();
    }

    @Test
    void integersMustBeEqual() {
        assertThat(of(Tensor.of(new long[] {1_000_000}, 1), Tensor.of(new long[] {1_000_001}, 1))
                        .within())
                .isFalse();
        assertThat(of(Tensor.of(new byte[] {4}, 1), Tensor.of(new byte[] {5}, 1))
                        .within())
                .isTrue();
    }

    @Test
    void percentilesAreInterpolated() {
        var latencies = Latencies.of(List.of(40L, 10L, 30L, 20L, 50L), 150);
        assertThat(latencies.median()).isEqualTo(30);
        assertThat(latencies.p90()).isCloseTo(46, within(1e-9));
        assertThat(latencies.perSecond()).isCloseTo(5e9 / 150, within(1e-3));
    }
}
