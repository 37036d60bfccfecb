package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;

/// An encoder of text of the BERT kind, of any batch and length: embeddings, a mask made of zeros and ones,
/// attention whose shapes are computed, GELU by the error function.
final class EncoderNetwork {
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int WORDS = 50;

    private final Network network;
    private final TextLayers layers;

    private EncoderNetwork(Network network, Products products) {
        this.network = network;
        layers = new TextLayers(network, products, WIDTH, HEADS);
    }

    /// In floats.
    static Network make() {
        return make(Products.FLOATS);
    }

    /// With products of bytes.
    static Network makeQuantized() {
        return make(Products.QUANTIZED);
    }

    private static Network make(Products products) {
        var network = Network.ofOpset(17, true);
        new EncoderNetwork(network, products).build();
        return network;
    }

    private void build() {
        var ids = network.indices("input_ids", WORDS, "batch=1", "sequence=12");
        var mask = network.indices("attention_mask", 2, "batch=1", "sequence=12");
        var types = network.indices("token_type_ids", 2, "batch=1", "sequence=12");
        var x = layers.normalized(embedded(ids, types));
        var bias = bias(mask);
        for (int i = 0; i < 2; i++) {
            x = layer(x, bias);
        }
        network.output(x);
        var first = network.op("Gather", x, network.integer(0)).with("axis", 1).one();
        network.output(network.node("Tanh", network.gemm(first, WIDTH, WIDTH)));
    }

    private String embedded(String ids, String types) {
        var places = network.unsqueeze(network.counting(64), 0);
        var length = network.unsqueeze(network.length(ids, 1), 0);
        var used = network.node("Slice", places, network.integers(0), length, network.integers(1), network.integers(1));
        var words = network.node("Gather", network.weight(1, WORDS, WIDTH), ids);
        var kinds = network.node("Gather", network.weight(1, 2, WIDTH), types);
        var where = network.node("Gather", network.weight(1, 64, WIDTH), used);
        return network.node("Add", network.node("Add", words, kinds), where);
    }

    /// 0 where the mask is 1, and a large negative number elsewhere.
    private String bias(String mask) {
        var wide = network.cast(network.unsqueeze(network.unsqueeze(mask, 1), 2), DataType.FLOAT32);
        return network.node("Mul", network.node("Sub", network.number(1), wide), network.number(-10000));
    }

    private String layer(String x, String bias) {
        var queries = layers.linear(x, WIDTH, WIDTH);
        var keys = layers.turnedHeads(layers.linear(x, WIDTH, WIDTH), HEADS);
        var values = layers.heads(layers.linear(x, WIDTH, WIDTH), HEADS);
        var seen = layers.joined(layers.attention(layers.heads(queries, HEADS), keys, values, bias));
        var y = layers.normalized(network.node("Add", layers.linear(seen, WIDTH, WIDTH), x));
        var wide = layers.gelu(layers.linear(y, WIDTH, 4 * WIDTH));
        return layers.normalized(network.node("Add", layers.linear(wide, 4 * WIDTH, WIDTH), y));
    }
}
