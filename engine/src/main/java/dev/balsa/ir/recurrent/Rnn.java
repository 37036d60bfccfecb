package dev.balsa.ir.recurrent;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Schema;
import dev.balsa.ir.recurrent.Activation.Function;

/// The plain recurrent layer: `h = f(W x + R h + biases)` (ONNX RNN, opset 1 to 22).
public record Rnn(Recurrence recurrence) implements Recurrent {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Recurrent.schema("RNN")
            .optionalOut("Y")
            .optionalOut("Y_h")
            .reader(node -> new Rnn(Recurrence.read(node, Function.TANH)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public int gates() {
        return 1;
    }

    @Override
    public Cell cell(Evaluation run, GateWeights weights, int walk) {
        return (x, states) -> {
            var next = new double[weights.hidden()];
            for (int i = 0; i < next.length; i++) {
                next[i] = recurrence.activate(walk, 0, weights.both(0, i, x, states[0]));
            }
            states[0] = next;
        };
    }
}
