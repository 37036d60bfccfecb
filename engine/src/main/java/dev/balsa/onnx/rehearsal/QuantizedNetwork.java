package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;

/// A classifier of images with QuantizeLinear and DequantizeLinear between its layers.
final class QuantizedNetwork {
    private final Network network;
    private final ImageLayers plain;
    private final QuantizedLayers layers;

    private QuantizedNetwork(Network network) {
        this.network = network;
        plain = new ImageLayers(network);
        layers = new QuantizedLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(13, false);
        new QuantizedNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("image", "batch=1", "3", "48", "48"), 3);
        x = layers.layer(layers.quantized(x, 0.01, 128), 32, 3, 2, 1, "Relu");
        var kept = plain.pool("MaxPool", x, 3, 2, 1);
        x = layers.layer(kept, 64, 1, 1, 1, "Relu");
        x = layers.quantized(plain.relu6(layers.conv(x, 64, 3, 1, 64)), 0.02, 0);
        x = layers.quantized(layers.conv(x, 32, 1, 1, 1), 0.05, 120);
        x = layers.add(kept, x);
        var same = layers.layer(x, 64, 3, 1, 1, "Relu");
        same = layers.layer(same, 32, 5, 1, 32, "Sigmoid");
        var swish = layers.quantized(plain.silu(layers.layer(x, 32, 3, 1, 1, "LeakyRelu")), 0.02, 10);
        x = layers.concat(same, plain.mul(x, swish));
        x = layers.quantized(plain.twice(x, "nearest", "asymmetric"), 0.05, 110);
        x = layers.quantized(plain.pool("AveragePool", x, 2, 2, 0), 0.05, 110);
        x = layers.layer(x, 48, 3, 2, 1, "Relu");
        var means = layers.quantized(plain.globalMean(x), 0.02, 0);
        var flat = network.op("Flatten", means).with("axis", 1).one();
        var scores = network.op("Gemm", flat, layers.weight(0, 40, 48), network.weight(1, 40))
                .with("transB", 1)
                .one();
        network.output(layers.quantized(scores, 0.1, 128));
        network.output(repeated(flat));
    }

    /// Scales and zero points passed on by Identity and Cast, as some tools do that share them.
    private String repeated(String x) {
        var scale = network.node("Identity", network.equal(DataType.FLOAT32, 0.02));
        var zero = network.cast(network.equal(DataType.INT32, 3), DataType.UINT8);
        var bytes = network.node("QuantizeLinear", x, scale, zero);
        var weight = network.op(
                        "DequantizeLinear",
                        network.bytes(DataType.INT8, 48, 24),
                        network.node("Identity", scale),
                        network.cast(network.equal(DataType.INT32, 0), DataType.INT8))
                .one();
        return network.node("MatMul", network.node("DequantizeLinear", bytes, scale, zero), weight);
    }
}
