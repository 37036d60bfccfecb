package dev.balsa.ir.attention;

import static dev.balsa.ir.attention.LinearAttention.BETA;
import static dev.balsa.ir.attention.LinearAttention.DECAY;
import static dev.balsa.ir.attention.LinearAttention.ERASE;
import static dev.balsa.ir.attention.LinearAttention.STATE;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// The evaluation of [LinearAttention]: the state of every head walks over the positions.
final class LinearWalk {
    private final LinearAttention op;
    private final Evaluation run;
    private final Heads q;
    private final Heads k;
    private final Heads v;
    private final int size;
    private final int width;
    private final double scale;

    LinearWalk(LinearAttention op, Evaluation run) {
        this.op = op;
        this.run = run;
        q = heads(0, op.queryHeads());
        k = heads(1, op.heads());
        v = heads(2, op.heads());
        LinearAttention.check(q, k, v);
        for (int i = DECAY; i <= ERASE; i++) {
            if (run.has(i)) {
                op.checkGate(i, SymbolicShape.of(run.input(i).shape()), k);
            }
        }
        size = Math.toIntExact(k.size().get());
        width = Math.toIntExact(v.size().get());
        scale = op.scale() == 0 ? 1 / Math.sqrt(size) : op.scale();
    }

    private Heads heads(int index, long count) {
        return LinearAttention.packed(
                "input " + index, SymbolicShape.of(run.input(index).shape()), count);
    }

    void run() {
        long batch = q.batch().get();
        long length = q.length().get();
        var y = run.output(0, run.input(0).type(), Shape.of(batch, length, Math.multiplyExact(op.queryHeads(), width)));
        var stateType = run.has(STATE) ? run.input(STATE).type() : run.input(0).type();
        var present = run.output(1, stateType, Shape.of(batch, op.heads(), size, width));
        if (run.has(STATE) && !run.input(STATE).shape().equals(present.shape())) {
            throw new ShapeException("input 3 \"past_state\": expected shape " + present.shape() + ", found "
                    + run.input(STATE).shape());
        }
        for (long b = 0; b < batch; b++) {
            for (long head = 0; head < op.heads(); head++) {
                long at = (b * op.heads() + head) * size * width;
                var state = state(at);
                for (long i = 0; i < length; i++) {
                    step(state, b, head, i);
                    read(state, b, head, i, y);
                }
                for (int i = 0; i < state.length; i++) {
                    present.setDouble(at + i, state[i]);
                }
            }
        }
    }

    private double[] state(long from) {
        var state = new double[Math.multiplyExact(size, width)];
        for (int i = 0; run.has(STATE) && i < state.length; i++) {
            state[i] = run.input(STATE).getDouble(from + i);
        }
        return state;
    }

    private void step(double[] state, long b, long head, long position) {
        if (op.rule().decays()) {
            for (int i = 0; i < state.length; i++) {
                state[i] *= Math.exp(gate(DECAY, b, head, position, i / width));
            }
        }
        var key = vector(1, k, b, head, position);
        var value = vector(2, v, b, head, position);
        if (op.rule().corrects()) {
            double beta = gate(BETA, b, head, position, 0);
            for (int m = 0; m < width; m++) {
                double known = 0;
                for (int d = 0; d < size; d++) {
                    double erased = run.has(ERASE) ? gate(ERASE, b, head, position, d) : 1;
                    known += state[d * width + m] * key[d] * erased;
                }
                value[m] = beta * (value[m] - known);
            }
        }
        for (int i = 0; i < state.length; i++) {
            state[i] += key[i / width] * value[i % width];
        }
    }

    private double[] vector(int input, Heads heads, long b, long head, long position) {
        var vector = new double[Math.toIntExact(heads.size().get())];
        long from = heads.index(b, head, position);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = run.input(input).getDouble(from + i);
        }
        return vector;
    }

    /// A gate's number for an element of the key, whether it has one per element, per head, or for all heads.
    private double gate(int input, long b, long head, long position, int element) {
        var gate = run.input(input);
        long count = gate.shape().dim(2);
        long row = (b * q.length().get() + position) * count;
        if (count == op.heads()) {
            return gate.getDouble(row + head);
        }
        return gate.getDouble(count == 1 ? row : row + head * size + element);
    }

    private void read(double[] state, long b, long head, long position, Tensor y) {
        long group = op.queryHeads() / op.heads();
        for (long query = head * group; query < (head + 1) * group; query++) {
            var vector = vector(0, q, b, query, position);
            long at = ((b * q.length().get() + position) * op.queryHeads() + query) * width;
            for (int m = 0; m < width; m++) {
                double sum = 0;
                for (int d = 0; d < size; d++) {
                    sum += vector[d] * state[d * width + m];
                }
                y.setDouble(at + m, scale * sum);
            }
        }
    }
}
