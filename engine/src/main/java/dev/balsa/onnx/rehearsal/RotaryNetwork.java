package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;

/// A decoder of text of the Llama kind: rows by their root mean square, rotated queries and keys, fewer heads of
/// keys than of queries, gated layers, and tokens that come next chosen by TopK.
final class RotaryNetwork {
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int FEW = 2;
    private static final int SIZE = WIDTH / HEADS;
    private static final int WORDS = 50;

    private final Network network;
    private final TextLayers layers;

    private RotaryNetwork(Network network, Products products) {
        this.network = network;
        layers = new TextLayers(network, products, WIDTH, HEADS);
    }

    /// In floats.
    static Network make() {
        return make(Products.FLOATS);
    }

    /// With products on bytes whose scale the run finds out.
    static Network makeDynamic() {
        return make(Products.DYNAMIC);
    }

    private static Network make(Products products) {
        var network = Network.ofOpset(17, products == Products.FLOATS);
        new RotaryNetwork(network, products).build();
        return network;
    }

    private void build() {
        var ids = network.indices("input_ids", WORDS, "batch=1", "sequence=5");
        var places = network.indices("position_ids", 60, "batch=1", "sequence=5");
        var pastKeys = network.input("past_key", "batch=1", "2", "past=7", "8");
        var pastValues = network.input("past_value", "batch=1", "2", "past=7", "8");
        var x = network.node("Gather", network.weight(1, WORDS, WIDTH), ids);
        var angles = angles(places);
        var y = layers.rootMeanSquare(x);
        var queries = rotated(layers.heads(layers.product(y, WIDTH, WIDTH), HEADS), angles);
        var keys = rotated(layers.heads(layers.product(y, WIDTH, FEW * SIZE), FEW), angles);
        keys = network.concat(2, pastKeys, keys);
        var values = network.concat(2, pastValues, layers.heads(layers.product(y, WIDTH, FEW * SIZE), FEW));
        network.output(keys, values);
        var turned = network.transpose(repeated(keys), 0, 1, 3, 2);
        var seen = layers.joined(layers.attention(queries, turned, repeated(values), causal(ids, pastKeys)));
        x = network.node("Add", x, layers.product(seen, WIDTH, WIDTH));
        x = network.node("Add", x, gated(layers.rootMeanSquare(x)));
        var scores = layers.product(layers.rootMeanSquare(x), WIDTH, WORDS);
        network.output(scores);
        var best = network.op("TopK", scores, network.integers(3)).several(2);
        network.output(best.get(0), best.get(1));
    }

    /// The angle of each place and number, twice side by side.
    private String angles(String places) {
        var rows = network.cast(network.unsqueeze(places, 2), DataType.FLOAT32);
        var half = network.node("MatMul", rows, network.scales(0.5, 1, SIZE / 2));
        return network.unsqueeze(network.concat(-1, half, half), 1);
    }

    private String rotated(String x, String angles) {
        var first = network.slice(x, 3, 0, SIZE / 2);
        var second = network.slice(x, 3, SIZE / 2, Long.MAX_VALUE);
        var turned = network.concat(-1, network.node("Neg", second), first);
        return network.node(
                "Add",
                network.node("Mul", x, network.node("Cos", angles)),
                network.node("Mul", turned, network.node("Sin", angles)));
    }

    /// Each head as often as there are heads of queries for it.
    private String repeated(String x) {
        var batch = network.length(x, 0);
        var length = network.length(x, 2);
        var shape =
                network.shape(batch, network.integer(FEW), network.integer(HEADS / FEW), length, network.integer(SIZE));
        var all = layers.expanded(network.unsqueeze(x, 2), shape, 5);
        return network.node(
                "Reshape", all, network.shape(batch, network.integer(HEADS), length, network.integer(SIZE)));
    }

    /// 0 for what may be looked at, a large negative number for what comes later.
    private String causal(String ids, String past) {
        var before = network.length(past, 2);
        var all = network.node("Add", before, network.length(ids, 1));
        var own = network.unsqueeze(network.node("Range", before, all, network.integer(1)), 1);
        var others = network.unsqueeze(network.node("Range", network.integer(0), all, network.integer(1)), 0);
        var later = network.node("Greater", others, own);
        return network.unsqueeze(network.node("Where", later, network.number(-1e9), network.number(0)), 0, 1);
    }

    private String gated(String x) {
        var gate = layers.product(x, WIDTH, 2 * WIDTH);
        var open = network.node("Mul", gate, network.node("Sigmoid", gate));
        return layers.product(network.node("Mul", open, layers.product(x, WIDTH, 2 * WIDTH)), 2 * WIDTH, WIDTH);
    }
}
