package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;
import java.util.List;

/// A decoder of text of the GPT-2 kind, with keys and values of the past: queries, keys and values by one layer for
/// rows, a causal mask by Where, GELU by the hyperbolic tangent, normalisation written in both ways.
final class DecoderNetwork {
    private static final int WIDTH = 32;
    private static final int HEADS = 4;
    private static final int WORDS = 50;

    private final Network network;
    private final TextLayers layers;

    private DecoderNetwork(Network network) {
        this.network = network;
        layers = new TextLayers(network, Products.FLOATS, WIDTH, HEADS);
    }

    static Network make() {
        var network = Network.ofOpset(14, true);
        new DecoderNetwork(network).build();
        return network;
    }

    private void build() {
        var ids = network.indices("input_ids", WORDS, "batch=1", "sequence=6");
        var mask = network.indices("attention_mask", 2, "batch=1", "total=13");
        var places = network.indices("position_ids", 60, "batch=1", "sequence=6");
        var keys = network.input("past.key", "batch=1", "4", "past=7", "8");
        var values = network.input("past.value", "batch=1", "4", "past=7", "8");
        var words = network.node("Gather", network.weight(1, WORDS, WIDTH), ids);
        var x = network.node("Add", words, network.node("Gather", network.weight(1, 64, WIDTH), places));
        var y = attention(layers.normalizedBySteps(x), keys, values, allowed(ids, mask, keys));
        x = network.node("Add", x, rows(y, WIDTH, WIDTH));
        var wide = layers.geluTanh(rows(layers.normalizedBySteps(x), WIDTH, 4 * WIDTH));
        x = network.node("Add", x, rows(wide, 4 * WIDTH, WIDTH));
        network.output(network.product(layers.normalizedBySteps(x), WIDTH, WORDS));
    }

    /// A layer for all rows of all batches.
    private String rows(String x, int in, int out) {
        var lengths = List.of(network.length(x, 0), network.length(x, 1));
        var flat = network.node("Reshape", x, network.shape(network.integer(-1), network.integer(in)));
        var result = network.gemm(flat, in, out);
        return network.node("Reshape", result, network.shape(lengths.get(0), lengths.get(1), network.integer(out)));
    }

    private String attention(String x, String pastKeys, String pastValues, String allowed) {
        var parts = network.split(rows(x, WIDTH, 3 * WIDTH), 2, WIDTH, WIDTH, WIDTH);
        var queries = layers.heads(parts.get(0), HEADS);
        var keys = network.concat(2, pastKeys, layers.heads(parts.get(1), HEADS));
        var values = network.concat(2, pastValues, layers.heads(parts.get(2), HEADS));
        network.output(keys, values);
        var scores = network.node("MatMul", queries, network.transpose(keys, 0, 1, 3, 2));
        var scaled = network.node("Div", scores, network.number(Math.sqrt((double) WIDTH / HEADS)));
        var masked = network.node("Where", allowed, scaled, network.number(-1e9));
        return layers.joined(network.node("MatMul", network.softmax(masked), values));
    }

    /// Whether a token may look at another: not ahead, and where the mask is positive.
    private String allowed(String ids, String mask, String past) {
        var before = network.length(past, 2);
        var all = network.node("Add", before, network.length(ids, 1));
        var first = network.node("Sub", all, network.length(ids, 1));
        var own = network.unsqueeze(network.node("Range", first, all, network.integer(1)), 1);
        var others = network.unsqueeze(network.node("Range", network.integer(0), all, network.integer(1)), 0);
        var causal = network.unsqueeze(network.node("LessOrEqual", others, own), 0, 1);
        var present = network.node("Greater", network.cast(mask, DataType.INT64), network.integer(-1));
        return network.node("And", causal, network.unsqueeze(present, 1, 2));
    }
}
