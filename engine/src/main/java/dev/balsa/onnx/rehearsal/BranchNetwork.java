package dev.balsa.onnx.rehearsal;

import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.tensor.DataType;

/// A detector of speech with state, as TorchScript is exported: branches by an input, branches inside of branches,
/// a loop, an LSTM fed step by step, also written as products.
final class BranchNetwork {
    private static final int HIDDEN = 16;

    private final Network network;

    private BranchNetwork(Network network) {
        this.network = network;
    }

    static Network make() {
        var network = Network.ofOpset(16, true);
        new BranchNetwork(network).build();
        return network;
    }

    private void build() {
        var x = network.input("input", "batch=1", "sequence=128");
        var state = network.input("state", "2", "batch=1", "16");
        var rate = network.input("sr", DataType.INT64, 1);
        var slow = network.node("Equal", rate, network.integer(8000));
        var two = network.op("If", slow)
                .with("then_branch", branch(x, state, 16))
                .with("else_branch", branch(x, state, 32))
                .several(2);
        network.output(two.get(0), two.get(1), steps(two.get(1)));
    }

    private GraphProto branch(String x, String state, int window) {
        var inner = network.inner();
        var layer = new BranchNetwork(inner);
        var spectrum = layer.spectrum(x, window);
        var y = inner.node("Relu", layer.strided(spectrum, window / 2, 24));
        y = inner.node("Relu", layer.strided(y, 24, HIDDEN));
        var mean = inner.op("ReduceMean", y).ints("axes", 2).with("keepdims", 1).one();
        var results = layer.cell(inner.transpose(mean, 2, 0, 1), state);
        var score = inner.node("Sigmoid", inner.gemm(inner.squeeze(results[0], 0), HIDDEN, 1));
        inner.output(layer.whole(score), results[1]);
        return inner.graph();
    }

    /// The sizes of spectra, behind reflected borders.
    private String spectrum(String x, int window) {
        var pads = network.integers(0, window / 2, 0, window / 2);
        var padded = network.op("Pad", x, pads).with("mode", "reflect").one();
        var waves = network.op("Conv", network.unsqueeze(padded, 1), network.weight(window, window, 1, window))
                .ints("kernel_shape", window)
                .ints("strides", window / 2)
                .one();
        var real = network.slice(waves, 1, 0, window / 2);
        var imaginary = network.slice(waves, 1, window / 2, Long.MAX_VALUE);
        var two = network.number(2);
        var sum = network.node("Add", network.node("Pow", real, two), network.node("Pow", imaginary, two));
        return network.node("Sqrt", sum);
    }

    private String strided(String x, int in, int out) {
        return network.op("Conv", x, network.weight(in * 3L, out, in, 3), network.weight(4, out))
                .ints("kernel_shape", 3)
                .ints("pads", 1, 1)
                .ints("strides", 2)
                .one();
    }

    /// One step of an LSTM.
    ///
    /// @return the state by batch and number, and both states one upon the other
    private String[] cell(String x, String state) {
        var hidden =
                network.op("Gather", state, network.integer(0)).with("axis", 0).one();
        var cells =
                network.op("Gather", state, network.integer(1)).with("axis", 0).one();
        var results = new RecurrentLayers(network)
                .lstm(x, HIDDEN, HIDDEN, 1, network.unsqueeze(hidden, 0), network.unsqueeze(cells, 0));
        return new String[] {results.get(1), network.concat(0, results.get(1), results.get(2))};
    }

    /// The same, unless it has no batch.
    private String whole(String score) {
        var some = network.node("Greater", network.node("Size", score), network.integer(0));
        var same = network.inner();
        same.output(same.node("Identity", score));
        var zeros = network.inner();
        zeros.output(zeros.cast(score, DataType.FLOAT32));
        return network.op("If", some)
                .with("then_branch", same.graph())
                .with("else_branch", zeros.graph())
                .one();
    }

    /// A few steps of an LSTM that is written as products, in a loop.
    private String steps(String state) {
        var body = network.inner();
        var round = body.input("round", DataType.INT64, 1);
        var goOn = body.input("go_on", DataType.BOOL, 2);
        var carried = body.input("carried", "2", "1", "16");
        var layer = new BranchNetwork(body);
        var next = layer.gates(carried);
        body.output(body.node("Identity", goOn), next, body.node("Add", round, body.integer(1)));
        return network.op("Loop", network.integer(3), "", state)
                .with("body", body.graph())
                .several(2)
                .getFirst();
    }

    private String gates(String carried) {
        var parts = network.split(carried, 0, 1, 1);
        var sums = network.node(
                "Add",
                network.gemm(network.squeeze(parts.get(0), 0), HIDDEN, 4 * HIDDEN),
                network.gemm(network.squeeze(parts.get(1), 0), HIDDEN, 4 * HIDDEN));
        var gates = network.split(sums, 1, HIDDEN, HIDDEN, HIDDEN, HIDDEN);
        var kept = network.node("Mul", network.node("Sigmoid", gates.get(0)), network.squeeze(parts.get(1), 0));
        var fresh = network.node("Mul", network.node("Sigmoid", gates.get(1)), network.node("Tanh", gates.get(2)));
        var cells = network.node("Add", kept, fresh);
        var hidden = network.node("Mul", network.node("Sigmoid", gates.get(3)), network.node("Tanh", cells));
        return network.concat(0, network.unsqueeze(hidden, 0), network.unsqueeze(cells, 0));
    }
}
