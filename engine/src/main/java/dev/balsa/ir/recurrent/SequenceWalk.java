package dev.balsa.ir.recurrent;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The evaluation of a recurrent layer: every direction walks every sequence of the batch.
final class SequenceWalk {
    private final Recurrent op;
    private final Evaluation run;
    private final Tensor x;
    private final boolean batchFirst;
    private final int directions;
    private final long steps;
    private final long batch;
    private final int hidden;

    SequenceWalk(Recurrent op, Evaluation run) {
        this.op = op;
        this.run = run;
        x = run.input(0);
        batchFirst = op.recurrence().batchFirst();
        directions = op.recurrence().direction().count();
        steps = x.shape().dim(batchFirst ? 1 : 0);
        batch = x.shape().dim(batchFirst ? 0 : 1);
        hidden = Math.toIntExact(run.input(2).shape().dim(2));
    }

    void run() {
        var all = run.wants(0) ? Optional.of(run.output(0, x.type(), allShape())) : Optional.<Tensor>empty();
        var last = new ArrayList<Optional<Tensor>>();
        for (int i = 0; i < op.states(); i++) {
            last.add(run.wants(1 + i) ? Optional.of(run.output(1 + i, x.type(), stateShape())) : Optional.empty());
        }
        for (int walk = 0; walk < directions; walk++) {
            var cell = op.cell(run, new GateWeights(run, walk), walk);
            for (long sequence = 0; sequence < batch; sequence++) {
                walk(walk, sequence, cell, all, last);
            }
        }
    }

    private Shape allShape() {
        return batchFirst ? Shape.of(batch, steps, directions, hidden) : Shape.of(steps, directions, batch, hidden);
    }

    private Shape stateShape() {
        return batchFirst ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
    }

    private void walk(int walk, long sequence, Recurrent.Cell cell, Optional<Tensor> all, List<Optional<Tensor>> last) {
        long length = length(sequence);
        var states = new double[op.states()][];
        for (int i = 0; i < states.length; i++) {
            states[i] = initial(5 + i, stateIndex(walk, sequence));
        }
        for (long i = 0; i < length; i++) {
            long step = op.recurrence().direction().isReverse(walk) ? length - 1 - i : i;
            cell.step(row(step, sequence), states);
            all.ifPresent(tensor -> write(tensor, allIndex(step, walk, sequence), states[0]));
        }
        for (long i = length; i < steps; i++) {
            long step = i;
            all.ifPresent(tensor -> write(tensor, allIndex(step, walk, sequence), new double[hidden]));
        }
        for (int i = 0; i < states.length; i++) {
            var state = states[i];
            last.get(i).ifPresent(tensor -> write(tensor, stateIndex(walk, sequence), state));
        }
    }

    private long length(long sequence) {
        if (!run.has(4)) {
            return steps;
        }
        long length = run.input(4).getLong(sequence);
        if (length < 0 || length > steps) {
            throw new ShapeException("input 4 \"sequence_lens\": expected lengths of 0 to " + steps + ", found "
                    + length + " for sequence " + sequence + "; check the lengths");
        }
        return length;
    }

    private double[] initial(int input, long index) {
        var state = new double[hidden];
        for (int i = 0; run.has(input) && i < hidden; i++) {
            state[i] = run.input(input).getDouble(index * hidden + i);
        }
        return state;
    }

    private double[] row(long step, long sequence) {
        var row = new double[Math.toIntExact(x.shape().dim(2))];
        long from = (batchFirst ? sequence * steps + step : step * batch + sequence) * row.length;
        for (int i = 0; i < row.length; i++) {
            row[i] = x.getDouble(from + i);
        }
        return row;
    }

    private void write(Tensor target, long index, double[] state) {
        for (int i = 0; i < hidden; i++) {
            target.setDouble(index * hidden + i, state[i]);
        }
    }

    private long stateIndex(long walk, long sequence) {
        return batchFirst ? sequence * directions + walk : walk * batch + sequence;
    }

    private long allIndex(long step, long walk, long sequence) {
        return batchFirst
                ? (sequence * steps + step) * directions + walk
                : (step * directions + walk) * batch + sequence;
    }
}
