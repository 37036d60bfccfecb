package dev.balsa.ir.recurrent;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Set;

/// A layer that walks sequences and carries a hidden state.
///
/// Inputs: `X` of shape `[steps, batch, input]`, `W` `[directions, gates * hidden, input]`, `R`
/// `[directions, gates * hidden, hidden]`, then optionally `B` `[directions, 2 * gates * hidden]`, the sequences'
/// lengths `[batch]`, the first state `[directions, batch, hidden]`, and what else the operator has. Outputs: the
/// states of all steps, `[steps, directions, batch, hidden]`, zero past the end of a sequence, and the last states
/// `[directions, batch, hidden]`. With [Recurrence#batchFirst] the batch axis is the first of all of these but the
/// weights.
public sealed interface Recurrent extends Op permits Gru, Lstm, Rnn {
    /// What `sequence_lens` may be.
    Set<DataType> LENGTHS = Set.of(DataType.INT32);

    /// The attributes that all recurrent operators share.
    Recurrence recurrence();

    /// How many blocks of `hidden` rows the weights have.
    int gates();

    /// How many vectors of `hidden` numbers are carried: the hidden state, and for some operators a cell state.
    default int states() {
        return 1;
    }

    /// The step function of one direction.
    ///
    /// @param walk 0, or 1 for the second of two directions
    Cell cell(Evaluation run, GateWeights weights, int walk);

    /// One step of one sequence.
    @FunctionalInterface
    interface Cell {
        /// Replaces the states by those after the input `x`.
        void step(double[] x, double[][] states);
    }

    /// The signature up to the first state.
    static Schema schema(String name) {
        return Schema.of(name)
                .in("X", Schema.FLOATS)
                .in("W", Schema.FLOATS)
                .in("R", Schema.FLOATS)
                .optional("B", Schema.FLOATS)
                .optional("sequence_lens", LENGTHS)
                .optional("initial_h", Schema.FLOATS);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        var sizes = LayerShapes.of(in, this);
        var type = in.dtype(0);
        var last = new TensorType(type, SymbolicShape.of(sizes.state()));
        var all = new TensorType(type, SymbolicShape.of(sizes.all()));
        return states() == 1 ? List.of(all, last) : List.of(all, last, last);
    }

    @Override
    default void evaluate(Evaluation run) {
        new SequenceWalk(this, run).run();
    }
}
