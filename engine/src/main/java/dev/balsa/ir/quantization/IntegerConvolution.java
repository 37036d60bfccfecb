package dev.balsa.ir.quantization;

import dev.balsa.ir.window.WindowGeometry;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;

/// The convolution of integer operands less their zero points, in 32 bits. Padding stands for the number 0, and so for
/// the zero point.
final class IntegerConvolution {
    private final Tensor image;
    private final Tensor weights;
    private final WindowGeometry geometry;
    private final int group;
    private final int[] pixels;
    private final int[] taps;

    /// Receives the planes of the output.
    @FunctionalInterface
    interface Planes {
        /// Plane number `plane` (in row-major order of batch and channels), made by output channel `channel`;
        /// the array is reused.
        void plane(int plane, int channel, int[] sums);
    }

    /// Prepares the operands: image `[batch, channels, spatial...]`, weights `[outputs, channels / group,
    /// kernel...]`; a vector of zero points of the weights has one per output.
    IntegerConvolution(
            Tensor image, Tensor imageZero, Tensor weights, Tensor weightsZero, WindowGeometry geometry, long group) {
        this.image = image;
        this.weights = weights;
        this.geometry = geometry;
        this.group = (int) group;
        this.pixels = Centred.of(image, imageZero);
        this.taps = Centred.of(weights, Centred.along(0, weights.shape().rank(), weightsZero));
    }

    /// Computes the planes one by one, each beginning with the bias of its channel.
    void run(int[] bias, Planes planes) {
        int batch = (int) image.shape().dim(0);
        int outputs = (int) weights.shape().dim(0);
        int inputs = (int) weights.shape().dim(1);
        int perGroup = outputs / group;
        var sums = new int[geometry.outputSize()];
        for (int i = 0; i < batch; i++) {
            for (int m = 0; m < outputs; m++) {
                Arrays.fill(sums, bias[m]);
                for (int c = 0; c < inputs; c++) {
                    int plane = i * inputs * group + m / perGroup * inputs + c;
                    add(plane * geometry.inputSize(), (m * inputs + c) * (int) geometry.kernelSize(), sums);
                }
                planes.plane(i * outputs + m, m, sums);
            }
        }
    }

    private void add(int pixel, int tap, int[] sums) {
        geometry.forEachTap((input, kernel, output) -> sums[output] += pixels[pixel + input] * taps[tap + kernel]);
    }
}
