package dev.balsa.onnx.rehearsal;

/// A classifier of an image so large that its first layers leave the caches, and are therefore made depth first: full
/// and depthwise convolutions, sums, functions, pools.
final class LargeImageNetwork {
    private final Network network;
    private final ImageLayers layers;

    private LargeImageNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(18, true);
        new LargeImageNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("image", "1", "3", "384", "384"), 3);
        x = layers.relu(layers.conv(x, 32, 3, 1));
        x = layers.pool("MaxPool", x, 3, 2, 1);
        x = layers.add(x, separable(x, 32, 1));
        x = layers.silu(separable(x, 48, 2));
        x = layers.add(x, layers.conv(layers.relu(layers.conv(x, 48, 3, 1)), 48, 1, 1));
        network.output(network.softmax(layers.classes(layers.pool("MaxPool", x, 2, 2, 0), 10)));
    }

    /// Wider, each channel by itself, and narrow again.
    private Image separable(Image x, int out, int stride) {
        var wide = layers.relu6(layers.conv(x, x.channels() * 2, 1, 1));
        return layers.conv(layers.relu6(layers.depthwise(wide, 3, stride)), out, 1, 1);
    }
}
