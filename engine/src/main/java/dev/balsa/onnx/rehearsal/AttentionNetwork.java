package dev.balsa.onnx.rehearsal;

/// A decoder of text written with the operators that newer operator sets have for it.
final class AttentionNetwork {
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int WORDS = 50;

    private final Network network;
    private final TextLayers layers;

    private AttentionNetwork(Network network) {
        this.network = network;
        layers = new TextLayers(network, Products.FLOATS, WIDTH, HEADS);
    }

    static Network make() {
        var network = Network.ofOpset(23, false);
        new AttentionNetwork(network).build();
        return network;
    }

    private void build() {
        var ids = network.indices("input_ids", WORDS, "batch=1", "seq=5");
        var places = network.indices("position_ids", 60, "batch=1", "seq=5");
        var keys = network.input("past_k", "batch=1", "4", "past=7", "8");
        var values = network.input("past_v", "batch=1", "4", "past=7", "8");
        var x = network.node("Gather", network.weight(1, WORDS, WIDTH), ids);
        x = network.node("Add", x, attention(normalized(x), places, keys, values));
        var wide = network.op("Gelu", layers.linear(normalized(x), WIDTH, 2 * WIDTH))
                .with("approximate", "tanh")
                .one();
        x = network.node("Add", x, layers.linear(wide, 2 * WIDTH, WIDTH));
        network.output(layers.product(layers.normalized(x), WIDTH, WORDS));
    }

    private String normalized(String x) {
        return network.op("RMSNormalization", x, network.factors(WIDTH))
                .with("axis", -1)
                .with("epsilon", 1e-5f)
                .one();
    }

    private String attention(String x, String places, String pastKeys, String pastValues) {
        var cosines = network.weight(1, 64, WIDTH / HEADS / 2);
        var sines = network.weight(1, 64, WIDTH / HEADS / 2);
        var queries = rotated(layers.product(x, WIDTH, WIDTH), cosines, sines, places);
        var keys = rotated(layers.product(x, WIDTH, WIDTH), cosines, sines, places);
        var results = network.op("Attention", queries, keys, layers.product(x, WIDTH, WIDTH), "", pastKeys, pastValues)
                .with("is_causal", 1)
                .with("q_num_heads", HEADS)
                .with("kv_num_heads", HEADS)
                .several(3);
        network.output(results.get(1), results.get(2));
        return layers.product(results.get(0), WIDTH, WIDTH);
    }

    private String rotated(String x, String cosines, String sines, String places) {
        return network.op("RotaryEmbedding", x, cosines, sines, places)
                .with("num_heads", HEADS)
                .one();
    }
}
