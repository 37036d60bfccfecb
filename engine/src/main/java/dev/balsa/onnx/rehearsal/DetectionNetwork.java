package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;
import java.util.ArrayList;

/// A detector of the YOLO kind: SiLU, split and concatenated branches, pyramids of pools and of scales, boxes
/// decoded from grids.
final class DetectionNetwork {
    private static final int NUMBERS = 9;

    private final Network network;
    private final ImageLayers layers;

    private DetectionNetwork(Network network) {
        this.network = network;
        layers = new ImageLayers(network);
    }

    static Network make() {
        var network = Network.ofOpset(12, true);
        new DetectionNetwork(network).build();
        return network;
    }

    private void build() {
        var x = new Image(network.input("images", "batch=1", "3", "64", "64"), 3);
        x = layers.silu(layers.conv(focus(x), 16, 3, 1));
        x = layers.silu(layers.conv(x, 24, 3, 2));
        var fine = crossStage(x);
        x = layers.silu(layers.conv(fine, 32, 3, 2));
        var coarse = pyramid(layers.silu(layers.conv(x, 32, 1, 1)));
        var up = layers.twice(coarse, "nearest", "asymmetric");
        var mixed = crossStage(layers.concat(up, fine));
        var down = layers.concat(layers.silu(layers.conv(mixed, 32, 3, 2)), coarse);
        network.output(network.concat(1, boxes(mixed, 16), boxes(down, 8)), plainBoxes(down));
    }

    /// Four pixels side by side become one.
    private Image focus(Image x) {
        var parts = new ArrayList<Image>();
        for (int i = 0; i < 4; i++) {
            var rows = network.slice(x.value(), 2, i % 2, Long.MAX_VALUE, 2);
            parts.add(layers.same(x, network.slice(rows, 3, i / 2, Long.MAX_VALUE, 2)));
        }
        return layers.concat(parts.toArray(Image[]::new));
    }

    private Image crossStage(Image x) {
        int half = 16;
        var one = layers.silu(layers.conv(x, half, 1, 1));
        var other = layers.silu(layers.conv(x, half, 1, 1));
        var deep = layers.silu(layers.conv(layers.silu(layers.conv(one, half, 1, 1)), half, 3, 1));
        return layers.silu(layers.conv(layers.concat(layers.add(one, deep), other), 2 * half, 1, 1));
    }

    private Image pyramid(Image x) {
        var half = layers.silu(layers.conv(x, x.channels() / 2, 1, 1));
        var once = layers.pool("MaxPool", half, 5, 1, 2);
        var twice = layers.pool("MaxPool", once, 5, 1, 2);
        return layers.silu(layers.conv(layers.concat(half, once, twice), x.channels(), 1, 1));
    }

    /// Boxes by offsets in a grid, sizes by the squares of sigmoids.
    private String boxes(Image x, int side) {
        var raw = layers.conv(x, 3 * NUMBERS, 1, 1).value();
        var grid = network.transpose(network.reshape(raw, -1, 3, NUMBERS, side, side), 0, 1, 3, 4, 2);
        var parts = network.split(network.node("Sigmoid", grid), 4, 2, 2, NUMBERS - 4);
        var offsets = network.weight(1, 1, 3, side, side, 2);
        var centres = network.node(
                "Mul",
                network.node("Add", network.node("Mul", parts.get(0), network.number(2)), offsets),
                network.number(8));
        var doubled = network.node("Mul", parts.get(1), network.number(2));
        var sizes =
                network.node("Mul", network.node("Pow", doubled, network.number(2)), network.factors(1, 3, 1, 1, 2));
        return network.reshape(network.concat(4, centres, sizes, parts.get(2)), -1, 3L * side * side, NUMBERS);
    }

    /// Without anchors: a head for each kind of number, sizes by exponentials.
    private String plainBoxes(Image x) {
        var stem = layers.silu(layers.conv(x, 16, 1, 1));
        var offsets = layers.conv(stem, 4, 1, 1).value();
        var scores = network.node("Sigmoid", layers.conv(stem, 5, 1, 1).value());
        var lengths = network.shape(network.length(x.value(), 0), network.integer(9), network.integer(-1));
        var rows = network.transpose(network.node("Reshape", network.concat(1, offsets, scores), lengths), 0, 2, 1);
        var sizes = network.node("Exp", network.slice(rows, 2, 2, 4));
        var best = network.op("ReduceMax", network.slice(rows, 2, 4, 9))
                .ints("axes", 2)
                .with("keepdims", 1)
                .one();
        return network.concat(2, network.slice(rows, 2, 0, 2), sizes, best, chosen(network.slice(rows, 2, 4, 9)));
    }

    private String chosen(String scores) {
        var index =
                network.op("ArgMax", scores).with("axis", 2).with("keepdims", 1).one();
        return network.cast(index, DataType.FLOAT32);
    }
}
