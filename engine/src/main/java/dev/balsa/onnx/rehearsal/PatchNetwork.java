package dev.balsa.onnx.rehearsal;

/// A classifier of images of the ViT kind, of any batch: patches as tokens, one more that is repeated for each
/// image, queries, keys and values by one product that is split and squeezed.
final class PatchNetwork {
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int SIZE = WIDTH / HEADS;

    private final Network network;
    private final TextLayers layers;

    private PatchNetwork(Network network) {
        this.network = network;
        layers = new TextLayers(network, Products.FLOATS, WIDTH, HEADS);
    }

    static Network make() {
        var network = Network.ofOpset(17, true);
        new PatchNetwork(network).build();
        return network;
    }

    private void build() {
        var x = tokens(network.input("input", "batch=1", "3", "32", "32"));
        x = network.node("Add", x, attention(layers.normalized(x)));
        var wide = layers.gelu(layers.linear(layers.normalized(x), WIDTH, 2 * WIDTH));
        x = layers.normalized(network.node("Add", x, layers.linear(wide, 2 * WIDTH, WIDTH)));
        var first = network.squeeze(network.slice(x, 1, 0, 1), 1);
        network.output(network.gemm(first, WIDTH, 40));
    }

    private String tokens(String image) {
        var patches = network.op("Conv", image, network.weight(200, WIDTH, 3, 8, 8), network.weight(1, WIDTH))
                .ints("kernel_shape", 8, 8)
                .ints("strides", 8, 8)
                .one();
        var batch = network.length(patches, 0);
        var flat = network.node("Reshape", patches, network.shape(batch, network.integer(WIDTH), network.integer(-1)));
        var shape = network.shape(batch, network.integer(-1), network.integer(-1));
        var first = layers.expanded(network.weight(1, 1, 1, WIDTH), shape, 3);
        var all = network.concat(1, first, network.transpose(flat, 0, 2, 1));
        return network.node("Add", all, network.weight(1, 1, 17, WIDTH));
    }

    private String attention(String x) {
        var batch = network.length(x, 0);
        var length = network.length(x, 1);
        var shape = network.shape(
                batch,
                length,
                network.integer(3),
                network.integer(HEADS),
                network.node("Div", network.length(x, 2), network.integer(HEADS)));
        var all = network.node("Reshape", layers.linear(x, WIDTH, 3 * WIDTH), shape);
        var parts = network.split(network.transpose(all, 2, 0, 3, 1, 4), 0, 1, 1, 1);
        var root = network.number(Math.pow(SIZE, -0.25));
        var queries = network.node("Mul", network.squeeze(parts.get(0), 0), root);
        var keys = network.node("Mul", network.transpose(network.squeeze(parts.get(1), 0), 0, 1, 3, 2), root);
        var weights = network.softmax(network.node("MatMul", queries, keys));
        var seen = network.node("MatMul", weights, network.squeeze(parts.get(2), 0));
        var joined = network.node(
                "Reshape", network.transpose(seen, 0, 2, 1, 3), network.shape(batch, length, network.integer(WIDTH)));
        return layers.linear(joined, WIDTH, WIDTH);
    }
}
