package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;
import java.util.Arrays;

/// Layers of networks for images whose values are bytes between DequantizeLinear and QuantizeLinear, weights with a
/// scale for each channel.
final class QuantizedLayers {
    private final Network network;

    QuantizedLayers(Network network) {
        this.network = network;
    }

    /// Floats as bytes and back.
    Image quantized(Image x, double scale, int zero) {
        return new Image(quantized(x.value(), scale, zero), x.channels());
    }

    String quantized(String value, double scale, int zero) {
        var factor = network.equal(DataType.FLOAT32, scale);
        var origin = network.equal(DataType.UINT8, zero);
        return network.node("DequantizeLinear", network.node("QuantizeLinear", value, factor, origin), factor, origin);
    }

    /// Constant bytes as floats, with a scale for each entry along an axis.
    String weight(int axis, long... dims) {
        long channels = dims[axis];
        var zeros = network.equal(DataType.INT8, 0, channels);
        return network.op(
                        "DequantizeLinear", network.bytes(DataType.INT8, dims), network.scales(0.005, channels), zeros)
                .with("axis", axis)
                .one();
    }

    private String bias(int channels) {
        return network.op(
                        "DequantizeLinear",
                        network.equal(DataType.INT32, 7, channels),
                        network.scales(0.001, channels),
                        network.equal(DataType.INT32, 0, channels))
                .with("axis", 0)
                .one();
    }

    /// A convolution of what is quantised, which is not quantised yet.
    Image conv(Image x, int out, int kernel, int stride, int group) {
        int pad = (kernel - 1) / 2;
        var weight = weight(0, out, x.channels() / group, kernel, kernel);
        return new Image(
                network.op("Conv", x.value(), weight, bias(out))
                        .ints("dilations", 1, 1)
                        .with("group", group)
                        .ints("kernel_shape", kernel, kernel)
                        .ints("pads", pad, pad, pad, pad)
                        .ints("strides", stride, stride)
                        .one(),
                out);
    }

    /// A convolution, a function and the result quantised.
    Image layer(Image x, int out, int kernel, int stride, int group, String function) {
        var sums = conv(x, out, kernel, stride, group);
        return quantized(new Image(network.node(function, sums.value()), out), 0.02, 0);
    }

    Image add(Image x, Image y) {
        return quantized(new Image(network.node("Add", x.value(), y.value()), x.channels()), 0.05, 118);
    }

    Image concat(Image... images) {
        var joined = network.concat(1, Arrays.stream(images).map(Image::value).toArray(String[]::new));
        int channels = Arrays.stream(images).mapToInt(Image::channels).sum();
        return quantized(new Image(joined, channels), 0.05, 110);
    }
}
