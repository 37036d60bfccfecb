package dev.balsa.ir.recurrent;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Schema;
import dev.balsa.ir.recurrent.Activation.Function;

/// The gated recurrent unit (ONNX GRU, opset 1 to 22): an update gate `z` and a reset gate `r` decide how much of the
/// old state stays in `h = (1 - z) * candidate + z * h`. Gates in the weights: z, r, candidate.
///
/// @param resetAfter whether the reset gate multiplies what the state adds to the candidate (`linear_before_reset`),
///     and not the state itself
public record Gru(Recurrence recurrence, boolean resetAfter) implements Recurrent {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Recurrent.schema("GRU")
            .optionalOut("Y")
            .optionalOut("Y_h")
            .reader(node -> new Gru(
                    Recurrence.read(node, Function.SIGMOID, Function.TANH),
                    node.integer("linear_before_reset", 0) != 0));

    private static final int UPDATE = 0;
    private static final int RESET = 1;
    private static final int CANDIDATE = 2;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public int gates() {
        return 3;
    }

    @Override
    public Cell cell(Evaluation run, GateWeights weights, int walk) {
        return (x, states) -> states[0] = next(weights, walk, x, states[0]);
    }

    private double[] next(GateWeights weights, int walk, double[] x, double[] h) {
        var reset = new double[h.length];
        var kept = new double[h.length];
        for (int i = 0; i < h.length; i++) {
            reset[i] = recurrence.activate(walk, 0, weights.both(RESET, i, x, h));
            kept[i] = reset[i] * h[i];
        }
        var next = new double[h.length];
        for (int i = 0; i < h.length; i++) {
            double update = recurrence.activate(walk, 0, weights.both(UPDATE, i, x, h));
            double old =
                    resetAfter ? reset[i] * weights.recurrent(CANDIDATE, i, h) : weights.recurrent(CANDIDATE, i, kept);
            double candidate = recurrence.activate(walk, 1, weights.input(CANDIDATE, i, x) + old);
            next[i] = (1 - update) * candidate + update * h[i];
        }
        return next;
    }
}
