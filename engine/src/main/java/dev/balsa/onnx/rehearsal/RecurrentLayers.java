package dev.balsa.onnx.rehearsal;

import java.util.List;

/// Recurrent layers with constant weights, for tensors of length, batch and features.
final class RecurrentLayers {
    private final Network network;

    RecurrentLayers(Network network) {
        this.network = network;
    }

    /// A GRU as PyTorch has it.
    ///
    /// @param directions 1 forward, 2 both
    /// @param state where it starts; empty for zeros
    /// @return all states, and the last one
    List<String> gru(String x, int in, int hidden, int directions, String state) {
        return layer("GRU", 3, x, in, hidden, directions, state)
                .with("linear_before_reset", 1)
                .several(2);
    }

    /// An LSTM.
    ///
    /// @param state where it starts; empty for zeros
    /// @param cells where its cells start; empty for zeros
    /// @return all states, the last one, and the last cells
    List<String> lstm(String x, int in, int hidden, int directions, String state, String cells) {
        return layer("LSTM", 4, x, in, hidden, directions, state, cells).several(3);
    }

    private Operation layer(
            String operator, int gates, String x, int in, int hidden, int directions, String... states) {
        var operands = new String[5 + states.length];
        operands[0] = x;
        operands[1] = network.weight(in, directions, (long) gates * hidden, in);
        operands[2] = network.weight(hidden, directions, (long) gates * hidden, hidden);
        operands[3] = network.weight(4, directions, 2L * gates * hidden);
        operands[4] = "";
        System.arraycopy(states, 0, operands, 5, states.length);
        return network.op(operator, operands)
                .with("direction", directions == 1 ? "forward" : "bidirectional")
                .with("hidden_size", hidden);
    }
}
