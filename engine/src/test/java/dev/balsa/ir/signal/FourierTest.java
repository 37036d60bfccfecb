package dev.balsa.ir.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.Seeds;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Fourier transforms of every kind of length against the definition.
class FourierTest {
    @Test
    void isTheDefinitionAndComesBack() {
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int length : new int[] {1, 2, 3, 4, 6, 8, 13, 30, 61, 64, 67, 134, 100, 127, 243, 1009}) {
            var signal = new ComplexArray(length);
            for (int i = 0; i < length; i++) {
                signal.set(i, random.nextGaussian(), random.nextGaussian());
            }
            var fourier = new Fourier(length);
            var found = fourier.forward(signal);
            var back = fourier.inverse(found);
            for (int k = 0; k < length; k++) {
                double real = 0;
                double imaginary = 0;
                for (int i = 0; i < length; i++) {
                    double angle = -2 * Math.PI * ((long) i * k % length) / length;
                    real += signal.real(i) * Math.cos(angle) - signal.imaginary(i) * Math.sin(angle);
                    imaginary += signal.real(i) * Math.sin(angle) + signal.imaginary(i) * Math.cos(angle);
                }
                assertThat(found.real(k)).as("seed %d, length %d", seed, length).isCloseTo(real, within(1e-9));
                assertThat(found.imaginary(k))
                        .as("seed %d, length %d", seed, length)
                        .isCloseTo(imaginary, within(1e-9));
                assertThat(back.real(k))
                        .as("seed %d, length %d", seed, length)
                        .isCloseTo(signal.real(k), within(1e-12));
            }
        }
    }

    @Test
    void realSignalsComeBackFromHalfTheirSpectrum() {
        var x = Tensor.of(new double[] {1, 5, 2, 8, 3}, 1, 5, 1);
        var half = NodeModel.of("DFT", 17).with("onesided", 1).run(x);
        assertThat(half.shape()).isEqualTo(Shape.of(1, 3, 2));
        var back =
                NodeModel.of("DFT", 17).with("onesided", 1).with("inverse", 1).run(half, Tensor.of(new long[] {5}, 1));
        assertThat(back.toDoubleArray()).containsExactly(x.toDoubleArray(), within(1e-12));
    }

    @Test
    void cutsAndFillsSignals() {
        var x = Tensor.of(new double[] {1, 5, 2}, 1, 3, 1);
        assertThat(NodeModel.of("DFT", 17).run(x, Tensor.of(new int[] {2}, 1)).toDoubleArray())
                .containsExactly(new double[] {6, 0, -4, 0}, within(1e-12));
        assertThat(NodeModel.of("DFT", 17).run(x, Tensor.of(new int[] {4}, 1)).toDoubleArray())
                .containsExactly(new double[] {8, 0, -1, -5, -2, 0, -1, 5}, within(1e-12));
    }

    @Test
    void refusesWhatDoesNotFit() {
        var x = Tensor.of(new double[6], 1, 3, 2);
        for (long length : new long[] {0, -1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> NodeModel.of("DFT", 17).run(x, Tensor.of(new long[] {length}, 1)))
                    .isInstanceOf(ShapeException.class);
        }
        for (long axis : new long[] {2, -1, -4, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> NodeModel.of("DFT", 17).with("axis", axis).run(x))
                    .isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> NodeModel.of("DFT", 17).run(Tensor.of(new double[9], 1, 3, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("STFT", 17)
                        .run(x, Tensor.of(new long[] {0}, 1), Tensor.of(new double[] {1, 1}, 2)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void framesAreWeighedByTheWindow() {
        var x = Tensor.of(new double[] {1, 2, 3, 4, 5}, 1, 5, 1);
        var y = NodeModel.of("STFT", 17).run(x, Tensor.of(new long[] {2}, 1), Tensor.of(new double[] {1, 10}, 2));
        assertThat(y.shape()).isEqualTo(Shape.of(1, 2, 2, 2));
        assertThat(y.toDoubleArray()).containsExactly(new double[] {21, 0, -19, 0, 43, 0, -37, 0}, within(1e-12));
    }
}
