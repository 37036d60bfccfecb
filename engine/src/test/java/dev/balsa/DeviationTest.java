package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DeviationTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static Deviation of(float found, double expected) {
        return Deviation.of(Tensor.of(new float[] {found, 0}, 2), Tensor.of(new double[] {expected, 0}, 2));
    }

    @Test
    void measuresAllElements() {
        var found = Tensor.of(new float[] {1, 2, -3, 8}, 2, 2);
        var expected = Tensor.of(new double[] {1, 3, -3, 10}, 2, 2);
        assertThat(Deviation.of(found, expected)).isEqualTo(new Deviation(2, Math.sqrt(5.0 / 4), 10));
        assertThat(Deviation.of(found, expected).relative()).isEqualTo(0.2);
        assertThatThrownBy(() -> Deviation.of(found, Tensor.of(new double[4], 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expected 4, found 2x2");
    }

    @Test
    void whatIsNoNumberEqualsOnlyItself() {
        assertThat(of(Float.NaN, Double.NaN).largest()).isZero();
        assertThat(of(Float.NaN, 1).largest()).isInfinite();
        assertThat(of(1, Double.NaN).largest()).isInfinite();
        assertThat(of(INFINITY, Double.POSITIVE_INFINITY).largest()).isZero();
        assertThat(of(INFINITY, 1e300).largest()).isZero();
        assertThat(of(INFINITY, -1e300).largest()).isInfinite();
        assertThat(of(INFINITY, 1).largest()).isInfinite();
        assertThat(of(1, Double.POSITIVE_INFINITY)).isEqualTo(new Deviation(INFINITY, INFINITY, 0));
    }
}
