package dev.balsa.onnx.rehearsal;

/// A detector of the SSD kind, written by an early exporter: shapes computed step by step, batch normalisation
/// after each convolution, shuffled channels picked by Gather, slices and paddings by attributes.
final class AnchorNetwork {
    private final Network network;
    private final ImageLayers layers;

    private AnchorNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(9, false);
        new AnchorNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("input", "1", "3", "48", "64"), 3);
        x = layers.relu(layers.convNorm(x, 16, 3, 2, 1));
        x = layers.relu(layers.norm(layers.depthwise(x, 3, 1)));
        x = layers.relu(layers.convNorm(x, 32, 1, 1, 1));
        x = attributeClip(layers.add(x, dilated(x)));
        x = halves(x);
        var small = halved(x);
        small = layers.pool("AveragePool", small, 3, 1, 1);
        var wide = layers.same(
                small,
                network.op("Upsample", small.value(), network.numbers(1, 1, 2, 2))
                        .with("mode", "nearest")
                        .one());
        var mixed = layers.concat(layers.channels(wide, 0, 16), layers.channels(x, 16, 32));
        var shares = network.op("Softmax", layers.conv(mixed, 2, 1, 1).value()).with("axis", 1);
        network.output(shares.one());
        head(mixed);
    }

    private Image dilated(Image x) {
        var narrow = layers.convNorm(x, 8, 1, 1, 1);
        var near = layers.norm(layers.conv(narrow, 8, 3, 1, 1, 2));
        var far = layers.norm(layers.conv(narrow, 8, 3, 1, 1, 3));
        return layers.convNorm(layers.concat(near, far), x.channels(), 1, 1, 1);
    }

    private Image attributeClip(Image x) {
        return layers.same(
                x, network.op("Clip", x.value()).with("min", 0f).with("max", 6f).one());
    }

    /// Half the sides, with a border that is a node of its own.
    private Image halved(Image x) {
        var border = network.op("Pad", x.value())
                .with("mode", "constant")
                .ints("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                .one();
        var dropped = network.op("Dropout", border).with("ratio", 0.1f).one();
        int n = x.channels();
        var half = network.op("Conv", dropped, network.weight(n * 9L, n, n, 3, 3))
                .ints("kernel_shape", 3, 3)
                .ints("strides", 2, 2)
                .one();
        return layers.relu(layers.norm(layers.same(x, half)));
    }

    /// Shuffled, and each half of the channels picked by its index.
    private Image halves(Image x) {
        int n = x.channels();
        var mixed = network.transpose(network.reshape(x.value(), 1, n / 2, 2, 24L * 32), 2, 0, 1, 3);
        var halves = network.reshape(mixed, 2, -1, n / 2, 24, 32);
        var one =
                network.op("Gather", halves, network.integer(0)).with("axis", 0).one();
        var other =
                network.op("Gather", halves, network.integer(1)).with("axis", 0).one();
        var branch = layers.relu(layers.conv(new Image(other, n / 2), n / 2, 1, 1));
        return layers.concat(new Image(one, n / 2), branch);
    }

    private void head(Image x) {
        var scores = rows(layers.conv(x, 6, 3, 1), 2);
        var offsets = rows(layers.conv(x, 12, 3, 1), 4);
        network.output(network.op("Softmax", scores).with("axis", 2).one());
        var anchors = network.factors(1, 24 * 32 * 3, 2);
        var centres = network.node(
                "Add",
                network.node("Mul", network.node("Mul", network.slice(offsets, 2, 0, 2), network.number(0.1)), anchors),
                anchors);
        var sizes = network.node(
                "Mul",
                network.node("Exp", network.node("Mul", network.slice(offsets, 2, 2, 4), network.number(0.2))),
                anchors);
        var half = network.node("Div", sizes, network.number(2));
        network.output(network.concat(2, network.node("Sub", centres, half), network.node("Add", centres, half)));
    }

    /// Channels last, a row for each anchor; the batch is asked for.
    private String rows(Image x, int length) {
        var turned = network.transpose(x.value(), 0, 2, 3, 1);
        var batch = network.length(turned, 0);
        return network.node("Reshape", turned, network.shape(batch, network.integer(-1), network.integer(length)));
    }
}
