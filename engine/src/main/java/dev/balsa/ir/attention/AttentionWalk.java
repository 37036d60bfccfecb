package dev.balsa.ir.attention;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;

/// The evaluation of [Attention], head by head.
final class AttentionWalk {
    private final Attention op;
    private final Evaluation run;
    private final AttentionShapes shapes;
    private final AttentionMask mask;
    private final int size;
    private final int valueSize;
    private final int total;
    private final double scale;

    AttentionWalk(Attention op, Evaluation run) {
        this.op = op;
        this.run = run;
        var given = new ArrayList<Optional<SymbolicShape>>();
        for (int i = 0; i <= Attention.COUNTS; i++) {
            given.add(run.has(i) ? Optional.of(SymbolicShape.of(run.input(i).shape())) : Optional.empty());
        }
        shapes = AttentionShapes.of(op, given);
        mask = new AttentionMask(op, run, shapes);
        size = Math.toIntExact(shapes.q().size().get());
        valueSize = Math.toIntExact(shapes.v().size().get());
        total = Math.toIntExact(shapes.total().get());
        scale = op.scale().map(Float::doubleValue).orElse(1 / Math.sqrt(size));
    }

    void run() {
        var y = output(0, run.input(0), shapes.y());
        var present = new ArrayList<Optional<Tensor>>();
        present.add(run.wants(1) ? Optional.of(output(1, run.input(1), shapes.presentKey())) : Optional.empty());
        present.add(run.wants(2) ? Optional.of(output(2, run.input(2), shapes.presentValue())) : Optional.empty());
        var scores = run.wants(3) ? Optional.of(output(3, run.input(0), shapes.scores())) : Optional.<Tensor>empty();
        long heads = shapes.k().heads().get();
        long group = heads == 0 ? 0 : shapes.q().heads().get() / heads;
        for (long batch = 0; batch < shapes.q().batch().get(); batch++) {
            for (long head = 0; head < heads; head++) {
                var keys = all(1, Attention.PAST_KEY, shapes.k(), batch, head);
                var values = all(2, Attention.PAST_VALUE, shapes.v(), batch, head);
                long at = batch * heads + head;
                present.get(0).ifPresent(tensor -> write(tensor, at * keys.length, keys));
                present.get(1).ifPresent(tensor -> write(tensor, at * values.length, values));
                for (long query = head * group; query < (head + 1) * group; query++) {
                    attend(batch, query, keys, values, y, scores);
                }
            }
        }
    }

    private Tensor output(int index, Tensor typed, SymbolicShape shape) {
        return run.output(index, typed.type(), shape.known().orElseThrow());
    }

    /// The keys or values of a head, earlier ones first.
    private double[] all(int input, int past, Heads heads, long batch, long head) {
        var matrix = new double
                [Math.multiplyExact(total, Math.toIntExact(heads.size().get()))];
        int earlier = Math.toIntExact(shapes.past().get());
        if (run.has(past)) {
            var before = new Heads(false, heads.batch(), heads.heads(), shapes.past(), heads.size());
            before.read(run.input(past), batch, head, matrix, 0);
        }
        heads.read(run.input(input), batch, head, matrix, earlier);
        return matrix;
    }

    private static void write(Tensor tensor, long from, double[] values) {
        for (int i = 0; i < values.length; i++) {
            tensor.setDouble(from + i, values[i]);
        }
    }

    private void attend(
            long batch, long head, double[] keys, double[] values, Tensor y, Optional<Tensor> scoresOutput) {
        long length = shapes.q().length().get();
        var results = new Heads(
                shapes.q().packed(),
                shapes.q().batch(),
                shapes.q().heads(),
                shapes.q().length(),
                shapes.v().size());
        for (long i = 0; i < length; i++) {
            long row = ((batch * shapes.q().heads().get() + head) * length + i) * total;
            var scores = scores(batch, head, i, keys, (stage, now) -> {
                if (stage == op.stage()) {
                    scoresOutput.ifPresent(tensor -> write(tensor, row, now));
                }
            });
            long at = results.index(batch, head, i);
            for (int d = 0; d < valueSize; d++) {
                y.setDouble(at + d, mixed(scores, values, d));
            }
        }
    }

    private double mixed(double[] probabilities, double[] values, int element) {
        double sum = 0;
        for (int j = 0; j < total; j++) {
            sum += probabilities[j] * values[j * valueSize + element];
        }
        return sum;
    }

    /// Hears of the scores of one query at every stage.
    @FunctionalInterface
    private interface Listener {
        void at(ScoreStage stage, double[] scores);
    }

    private double[] scores(long batch, long head, long position, double[] keys, Listener listener) {
        var scores = new double[total];
        long from = shapes.q().index(batch, head, position);
        for (int j = 0; j < total; j++) {
            double sum = 0;
            for (int d = 0; d < size; d++) {
                sum += run.input(0).getDouble(from + d) * keys[j * size + d];
            }
            scores[j] = scale * sum;
        }
        listener.at(ScoreStage.PRODUCTS, scores);
        if (op.cap() > 0) {
            Arrays.setAll(scores, j -> op.cap() * Math.tanh(scores[j] / op.cap()));
        }
        listener.at(ScoreStage.CAPPED, scores);
        Arrays.setAll(scores, j -> scores[j] + mask.at(batch, head, position, j));
        listener.at(ScoreStage.MASKED, scores);
        softmax(scores);
        listener.at(ScoreStage.PROBABILITIES, scores);
        return scores;
    }

    private static void softmax(double[] scores) {
        double greatest = Arrays.stream(scores).reduce(Double.NEGATIVE_INFINITY, Math::max);
        if (greatest == Double.NEGATIVE_INFINITY) {
            Arrays.fill(scores, 0);
            return;
        }
        double sum = 0;
        for (int j = 0; j < scores.length; j++) {
            scores[j] = Math.exp(scores[j] - greatest);
            sum += scores[j];
        }
        for (int j = 0; j < scores.length; j++) {
            scores[j] /= sum;
        }
    }
}
