package dev.balsa.kernel.recurrent;

/// What a step computes, with the usual activations: sigmoid for gates, tanh for candidates and cell states.
public enum Cell {
    /// Gates in the weights: input, output, forget, candidate.
    LSTM(4),
    /// Gates in the weights: update, reset, candidate; the reset gate multiplies what the state adds to the candidate
    /// (`linear_before_reset`).
    GRU(3);

    private final int gates;

    Cell(int gates) {
        this.gates = gates;
    }

    /// How many blocks of rows the weights have.
    public int gates() {
        return gates;
    }
}
