package dev.balsa.onnx.rehearsal;

/// A classifier of images of the ResNet kind: large first windows, residual blocks with batch normalisation, one
/// with groups of channels, and enough channels for every way of convolving.
final class ResidualNetwork {
    private final Network network;
    private final ImageLayers layers;

    private ResidualNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(17, false);
        new ResidualNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("image", "batch=1", "3", "64", "64"), 3);
        x = layers.relu(layers.convNorm(x, 32, 7, 2, 1));
        x = layers.pool("MaxPool", x, 3, 2, 1);
        x = block(x, 32, 1, 1);
        x = block(x, 64, 2, 1);
        x = block(x, 64, 1, 4);
        x = block(x, 64, 1, 1);
        x = layers.relu(layers.conv(x, 128, 3, 1));
        x = layers.relu(layers.conv(x, 64, 5, 1));
        x = responses(layers.pool("AveragePool", x, 2, 2, 0));
        network.output(network.softmax(layers.classes(x, 40)));
    }

    private Image block(Image x, int out, int stride, int group) {
        var y = layers.relu(layers.convNorm(x, out, 1, 1, 1));
        y = layers.relu(layers.convNorm(y, out, 3, stride, group));
        y = layers.convNorm(y, out, 3, 1, 1);
        var skipped = stride == 1 ? x : layers.convNorm(x, out, 1, stride, 1);
        return layers.relu(layers.add(y, skipped));
    }

    private Image responses(Image x) {
        return layers.same(x, network.op("LRN", x.value()).with("size", 5).one());
    }
}
