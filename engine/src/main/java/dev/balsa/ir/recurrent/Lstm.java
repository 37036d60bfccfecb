package dev.balsa.ir.recurrent;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Schema;
import dev.balsa.ir.recurrent.Activation.Function;

/// The long short-term memory (ONNX LSTM, opset 1 to 22): input, output and forget gates around a cell state,
/// `c = forget * c + input * candidate`, `h = output * activation(c)`. Gates in the weights: input, output, forget,
/// candidate; in the peepholes, by which the cell state adds to the gates: input, output, forget.
///
/// Beyond the inputs of all recurrent operators: the first cell state, the peepholes `P` of shape
/// `[directions, 3 * hidden]`; a third output, the last cell states.
///
/// @param coupled whether the forget gate is one minus the input gate (`input_forget`)
public record Lstm(Recurrence recurrence, boolean coupled) implements Recurrent {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Recurrent.schema("LSTM")
            .optional("initial_c", Schema.FLOATS)
            .optional("P", Schema.FLOATS)
            .optionalOut("Y")
            .optionalOut("Y_h")
            .optionalOut("Y_c")
            .reader(node -> new Lstm(
                    Recurrence.read(node, Function.SIGMOID, Function.TANH, Function.TANH),
                    node.integer("input_forget", 0) != 0));

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int FORGET = 2;
    private static final int CANDIDATE = 3;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public int gates() {
        return 4;
    }

    @Override
    public int states() {
        return 2;
    }

    @Override
    public Cell cell(Evaluation run, GateWeights weights, int walk) {
        int length = Math.multiplyExact(3, weights.hidden());
        var peepholes = run.has(7) ? GateWeights.part(run.input(7), walk, length) : new double[length];
        return (x, states) -> step(weights, peepholes, walk, x, states);
    }

    private void step(GateWeights weights, double[] peepholes, int walk, double[] x, double[][] states) {
        var h = states[0];
        var c = states[1];
        var nextH = new double[h.length];
        var nextC = new double[h.length];
        for (int i = 0; i < h.length; i++) {
            double input = gate(weights, peepholes, walk, INPUT, i, x, h, c[i]);
            double forget = coupled ? 1 - input : gate(weights, peepholes, walk, FORGET, i, x, h, c[i]);
            double candidate = recurrence.activate(walk, 1, weights.both(CANDIDATE, i, x, h));
            nextC[i] = forget * c[i] + input * candidate;
            double output = gate(weights, peepholes, walk, OUTPUT, i, x, h, nextC[i]);
            nextH[i] = output * recurrence.activate(walk, 2, nextC[i]);
        }
        states[0] = nextH;
        states[1] = nextC;
    }

    private double gate(
            GateWeights weights, double[] peepholes, int walk, int gate, int unit, double[] x, double[] h, double c) {
        double sum = weights.both(gate, unit, x, h) + peepholes[gate * h.length + unit] * c;
        return recurrence.activate(walk, 0, sum);
    }
}
