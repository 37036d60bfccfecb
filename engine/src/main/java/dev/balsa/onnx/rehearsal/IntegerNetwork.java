package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;

/// A classifier of images whose operators are quantised themselves: QLinearConv and its like, bytes from layer to
/// layer.
final class IntegerNetwork {
    private final Network network;
    private final String scale;
    private final String zero;

    private IntegerNetwork(Network network) {
        this.network = network;
        scale = network.equal(DataType.FLOAT32, 0.04);
        zero = network.equal(DataType.UINT8, 115);
    }

    static Network make() {
        var network = Network.ofOpset(12, false);
        new IntegerNetwork(network).build();
        return network;
    }

    private void build() {
        var x = network.node("QuantizeLinear", network.input("input", "1", "3", "32", "32"), scale, zero);
        x = conv(x, 3, 24, 3, 2, 1);
        x = network.op("MaxPool", x)
                .ints("kernel_shape", 3, 3)
                .ints("pads", 1, 1, 1, 1)
                .ints("strides", 2, 2)
                .one();
        var halves = network.split(x, 1, 12, 12);
        var branch = conv(halves.get(1), 12, 12, 1, 1, 1);
        branch = conv(conv(branch, 12, 12, 3, 1, 12), 12, 12, 1, 1, 1);
        x = shuffled(requantized(halves.get(0), branch), 24);
        x = network.op("QLinearAdd", x, scale, zero, conv(x, 24, 24, 3, 1, 1), scale, zero, scale, zero)
                .domain("com.microsoft")
                .one();
        var means = network.op("ReduceMean", network.node("DequantizeLinear", x, scale, zero))
                .ints("axes", 2, 3)
                .with("keepdims", 0)
                .one();
        var bytes = network.node("QuantizeLinear", means, scale, zero);
        var product = network.node(
                "QLinearMatMul",
                bytes,
                scale,
                zero,
                network.bytes(DataType.UINT8, 24, 40),
                network.equal(DataType.FLOAT32, 0.01),
                network.equal(DataType.UINT8, 128),
                scale,
                zero);
        network.output(network.node("DequantizeLinear", product, scale, zero));
        network.output(direct(x));
    }

    private String conv(String x, int in, int out, int kernel, int stride, int group) {
        int pad = (kernel - 1) / 2;
        return network.op(
                        "QLinearConv",
                        x,
                        scale,
                        zero,
                        network.bytes(DataType.INT8, out, in / group, kernel, kernel),
                        network.scales(0.005, out),
                        network.equal(DataType.INT8, 0, out),
                        scale,
                        zero,
                        network.equal(DataType.INT32, 5, out))
                .with("group", group)
                .ints("kernel_shape", kernel, kernel)
                .ints("pads", pad, pad, pad, pad)
                .ints("strides", stride, stride)
                .one();
    }

    /// Concatenated as floats.
    private String requantized(String x, String y) {
        var floats = network.concat(
                1, network.node("DequantizeLinear", x, scale, zero), network.node("DequantizeLinear", y, scale, zero));
        return network.node("QuantizeLinear", floats, scale, zero);
    }

    private String shuffled(String x, int channels) {
        var apart = network.reshape(x, 1, 2, channels / 2, 8, 8);
        return network.reshape(network.transpose(apart, 0, 2, 1, 3, 4), 1, channels, 8, 8);
    }

    /// The sums themselves.
    private String direct(String x) {
        var sums = network.op("ConvInteger", x, network.bytes(DataType.UINT8, 8, 24, 1, 1), zero, zero)
                .ints("kernel_shape", 1, 1)
                .one();
        return network.node("Mul", network.cast(sums, DataType.FLOAT32), scale);
    }
}
