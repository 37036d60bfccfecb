package dev.balsa.onnx.rehearsal;

/// A classifier of images of the MobileNet, EfficientNet and ShuffleNet kind: depthwise convolutions, squeeze and
/// excitation, shuffled channels, and the functions that such networks have instead of Relu.
final class MobileNetwork {
    private final Network network;
    private final ImageLayers layers;

    private MobileNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(18, true);
        new MobileNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("image", "1", "3", "64", "64"), 3);
        x = layers.each("HardSwish", layers.conv(x, 16, 3, 2));
        x = inverted(x, 16, 3, 1);
        x = inverted(x, 24, 3, 2);
        x = hardSwish(layers.conv(x, 48, 1, 1));
        x = hardSwish(layers.depthwise(x, 5, 2));
        x = layers.excite(x, network.reduce("ReduceMean", x.value(), 2, 3), "Relu", "HardSigmoid");
        x = layers.silu(layers.conv(x, 48, 1, 1));
        x = layers.silu(layers.depthwise(x, 7, 1));
        x = layers.excite(x, layers.globalMean(x), "Mish", "Sigmoid");
        x = layers.leaky(layers.conv(x, 32, 1, 1));
        x = shuffled(x, 8);
        x = layers.each("Mish", x);
        x = layers.each("Softplus", layers.each("Elu", layers.conv(x, 16, 3, 1)));
        var means = network.op("ReduceMean", x.value(), network.integers(2, 3))
                .with("keepdims", 0)
                .one();
        network.output(network.softmax(network.gemm(means, 16, 40)));
    }

    /// Wider, each channel by itself, and narrow again.
    private Image inverted(Image x, int out, int kernel, int stride) {
        var y = layers.relu6(layers.convNorm(x, x.channels() * 4, 1, 1, 1));
        y = layers.relu6(layers.norm(layers.depthwise(y, kernel, stride)));
        y = layers.convNorm(y, out, 1, 1, 1);
        return stride == 1 && out == x.channels() ? layers.add(x, y) : y;
    }

    /// As it is written where the operator is missing.
    private Image hardSwish(Image x) {
        var shifted = layers.same(x, network.node("Add", x.value(), network.number(3)));
        var product = layers.mul(x, layers.relu6(shifted));
        return layers.same(x, network.node("Div", product.value(), network.number(6)));
    }

    /// Half of the channels as they are, half through a branch, and then mixed.
    private Image shuffled(Image x, int side) {
        int half = x.channels() / 2;
        var parts = network.split(x.value(), 1, half, half);
        var branch = layers.relu(layers.conv(new Image(parts.get(1), half), half, 1, 1));
        branch = layers.relu(layers.conv(layers.depthwise(branch, 3, 1), half, 1, 1));
        return layers.shuffle(layers.concat(new Image(parts.get(0), half), branch), 2, side, side);
    }
}
