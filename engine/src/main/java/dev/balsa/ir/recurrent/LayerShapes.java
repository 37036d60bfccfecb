package dev.balsa.ir.recurrent;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import java.util.List;

/// The lengths of a recurrent layer's axes, and checks that the inputs agree on them.
record LayerShapes(Dim steps, Dim batch, Dim directions, Dim hidden, boolean batchFirst) {
    static LayerShapes of(Inference in, Recurrent op) {
        boolean batchFirst = op.recurrence().batchFirst();
        checkRank(in, 0, 3);
        checkRank(in, 1, 3);
        checkRank(in, 2, 3);
        var x = in.shape(0);
        var r = in.shape(2);
        var directions = Dim.of(op.recurrence().direction().count());
        var hidden = r.hasRank() ? r.dim(2) : Dim.UNKNOWN;
        var input = x.hasRank() ? x.dim(2) : Dim.UNKNOWN;
        var rows = hidden.times(Dim.of(op.gates()));
        check(in, 1, List.of(directions, rows, input));
        check(in, 2, List.of(directions, rows, hidden));
        check(in, 3, List.of(directions, rows.times(Dim.of(2))));
        var shapes = new LayerShapes(
                x.hasRank() ? x.dim(batchFirst ? 1 : 0) : Dim.UNKNOWN,
                x.hasRank() ? x.dim(batchFirst ? 0 : 1) : Dim.UNKNOWN,
                directions,
                hidden,
                batchFirst);
        check(in, 4, List.of(shapes.batch()));
        check(in, 5, shapes.state());
        if (op.states() == 2) {
            check(in, 6, shapes.state());
            check(in, 7, List.of(directions, hidden.times(Dim.of(3))));
        }
        return shapes;
    }

    private static void checkRank(Inference in, int index, int rank) {
        if (in.shape(index).hasRank() && in.shape(index).rank() != rank) {
            throw in.mismatch(index, "wrong rank", "rank " + rank, in.shape(index));
        }
    }

    private static void check(Inference in, int index, List<Dim> expected) {
        if (!in.has(index) || !in.shape(index).hasRank()) {
            return;
        }
        checkRank(in, index, expected.size());
        for (int i = 0; i < expected.size(); i++) {
            if (!in.shape(index).dim(i).mayEqual(expected.get(i))) {
                throw in.mismatch(index, "wrong dimensions", expected.toString(), in.shape(index));
            }
        }
    }

    /// The dimensions of a state of all sequences and directions.
    List<Dim> state() {
        return batchFirst ? List.of(batch, directions, hidden) : List.of(directions, batch, hidden);
    }

    /// The dimensions of the hidden states of all steps.
    List<Dim> all() {
        return batchFirst ? List.of(batch, steps, directions, hidden) : List.of(steps, directions, batch, hidden);
    }
}
