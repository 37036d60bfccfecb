package dev.balsa.onnx.rehearsal;

import dev.balsa.tensor.DataType;

/// What models do with indices and choices around their layers: gathering and scattering, masks, sums along axes,
/// elements above a limit, text as bytes, sequences with an embedding.
final class IndexNetwork {
    private static final int WIDTH = 16;

    private final Network network;

    private IndexNetwork(Network network) {
        this.network = network;
    }

    static Network make() {
        var network = Network.ofOpset(15, false);
        new IndexNetwork(network).build();
        return network;
    }

    private void build() {
        var ids = network.input("ids", DataType.INT32, 30, "batch=1", "20");
        var state = network.input("h", "1", "batch=1", "16");
        var x = network.node("Gather", network.weight(1, 30, WIDTH), network.cast(ids, DataType.INT64));
        var known = network.node("Equal", ids, network.equal(DataType.INT32, 3));
        x = network.node("Where", network.unsqueeze(known, 2), network.number(0), x);
        var gru = new RecurrentLayers(network).gru(network.transpose(x, 1, 0, 2), WIDTH, WIDTH, 1, state);
        network.output(gru.get(1));
        var rows = network.reshape(network.squeeze(gru.get(0), 1), 20, WIDTH);
        network.output(picked(rows), scattered(rows), counted(rows), tiled(rows));
        network.output(above(rows), normalized(x));
    }

    private String picked(String rows) {
        var last =
                network.op("ArgMax", rows).with("axis", 1).with("keepdims", 1).one();
        var best = network.op("GatherElements", rows, last).with("axis", 1).one();
        var places = network.concat(1, network.node("Reshape", network.counting(20), network.integers(20, 1)), last);
        return network.node("Sub", network.squeeze(best, 1), network.node("GatherND", rows, places));
    }

    private String scattered(String rows) {
        var index =
                network.op("ArgMin", rows).with("axis", 1).with("keepdims", 1).one();
        var updates = network.node("Neg", network.reduce("ReduceSum", rows, 1));
        var written = network.op("ScatterElements", rows, index, updates)
                .with("axis", 1)
                .one();
        var other = network.node(
                "ScatterND", written, network.reshape(network.counting(2), 2, 1), network.weight(1, 2, WIDTH));
        return network.op("Trilu", other).with("upper", 1).one();
    }

    private String counted(String rows) {
        var sums = network.op("CumSum", rows, network.integer(0)).one();
        var even = network.node("Mod", network.cast(network.node("Floor", sums), DataType.INT64), network.integer(2));
        var hot = network.op("OneHot", even, network.integer(2), network.integers(0, 1))
                .with("axis", -1)
                .one();
        return network.cast(network.reduce("ReduceProd", hot, 2), DataType.FLOAT32);
    }

    private String tiled(String rows) {
        var twice = network.node("Tile", rows, network.integers(1, 2));
        var bounded = network.node("Min", network.node("Max", twice, network.number(-1)), network.number(1));
        var rounded = network.node("Round", network.node("Mul", bounded, network.number(10)));
        return network.node("Sign", network.node("Reciprocal", network.node("Add", rounded, network.number(0.5))));
    }

    /// A part whose length only the run tells.
    private String above(String rows) {
        var large = network.node("Greater", rows, network.number(0));
        var fine = network.node("Or", network.node("Not", large), network.node("Less", rows, network.number(0.5)));
        var places = network.transpose(network.node("NonZero", network.node("And", large, fine)), 1, 0);
        return network.node("Exp", network.node("GatherND", rows, places));
    }

    private String normalized(String x) {
        var product = network.op("Einsum", x, network.weight(WIDTH, 4, WIDTH, 8))
                .with("equation", "blw,hws->bhls")
                .one();
        var halves = network.op("Split", product).with("axis", 3).several(2);
        var sum = network.node("Add", halves.get(0), halves.get(1));
        var groups =
                network.op("LpNormalization", sum).with("axis", -1).with("p", 2).one();
        return network.op("Softmax", groups).with("axis", 2).one();
    }
}
