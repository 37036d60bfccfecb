package dev.balsa.onnx.rehearsal;

/// Networks from image to image, of any height and width: a U with transposed convolutions, PRelu, dilations,
/// resized and padded images, pixels made of channels, and a class for each pixel.
final class SegmentationNetwork {
    private final Network network;
    private final ImageLayers layers;

    private SegmentationNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(14, false);
        new SegmentationNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("image", "batch=1", "3", "height=48", "width=48"), 3);
        x = layers.prelu(layers.norm(layers.conv(x, 16, 3, 1)));
        var small = layers.pool("MaxPool", x, 2, 2, 0);
        small = layers.prelu(layers.conv(small, 32, 3, 1));
        var tiny = layers.pool("AveragePool", small, 3, 2, 1);
        tiny = layers.relu(layers.add(tiny, dilated(tiny)));
        tiny = layers.same(tiny, scaled(tiny));
        var up = layers.concat(layers.up(tiny, 16, 2, 2, 0, 0), small);
        up = instances(layers.relu(layers.conv(up, 16, 3, 1)));
        up = layers.concat(layers.relu(layers.up(up, 16, 3, 2, 1, 1)), x);
        var linear = layers.twice(layers.twice(tiny, "linear", "half_pixel"), "linear", "align_corners");
        up = layers.concat(up, layers.conv(linear, 8, 1, 1));
        var classes = layers.conv(up, 5, 1, 1);
        network.output(network.op("Softmax", classes.value()).with("axis", 1).one());
        network.output(network.op("ArgMax", classes.value())
                .with("axis", 1)
                .with("keepdims", 0)
                .one());
        network.output(larger(up));
    }

    private Image dilated(Image x) {
        var narrow = layers.conv(x, 8, 1, 1);
        var near = layers.conv(narrow, 8, 3, 1, 1, 2);
        var far = layers.add(near, layers.conv(narrow, 8, 3, 1, 1, 4));
        return layers.conv(layers.concat(narrow, near, far), x.channels(), 1, 1);
    }

    /// Weighted by channel, the weights resized to the sides of the image.
    private String scaled(Image x) {
        var weights = layers.each("HardSigmoid", layers.conv(layers.same(x, layers.globalMean(x)), 32, 1, 1));
        var sides = network.slice(network.node("Shape", x.value()), 0, 2, 4);
        var sizes = network.concat(0, network.slice(network.node("Shape", weights.value()), 0, 0, 2), sides);
        var resized = network.op("Resize", weights.value(), "", "", sizes)
                .with("mode", "nearest")
                .with("coordinate_transformation_mode", "asymmetric")
                .with("nearest_mode", "floor")
                .one();
        return network.node("Mul", x.value(), resized);
    }

    private Image instances(Image x) {
        int n = x.channels();
        return layers.same(
                x,
                network.op("InstanceNormalization", x.value(), network.factors(n), network.weight(4, n))
                        .with("epsilon", 1e-5f)
                        .one());
    }

    /// Twice the sides by channels of neighbouring pixels, behind a reflected border.
    private String larger(Image x) {
        var border = network.integers(0, 0, 1, 1, 0, 0, 1, 1);
        var padded =
                network.op("Pad", x.value(), border).with("mode", "reflect").one();
        var many = network.op("Conv", padded, network.weight(100, 12, x.channels(), 3, 3))
                .ints("kernel_shape", 3, 3)
                .one();
        var pixels = network.op("DepthToSpace", many)
                .with("blocksize", 2)
                .with("mode", "CRD")
                .one();
        return network.node("Clip", network.node("Tanh", pixels), network.number(0), network.number(1));
    }
}
