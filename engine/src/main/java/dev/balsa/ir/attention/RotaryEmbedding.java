package dev.balsa.ir.attention;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// Pairs of numbers of every head turned by an angle that depends on the position (ONNX RotaryEmbedding, opset 23).
///
/// Inputs: the heads; cosines and sines, of shape `[positions, half]` with position numbers `[batch, length]`, or
/// `[batch, length, half]` without.
///
/// @param interleaved whether neighbours are pairs, and not elements of the first half with those of the second
/// @param heads the number of heads of a packed input, or 0
/// @param rotated how many elements of a head are turned, the first ones; 0 for all
public record RotaryEmbedding(boolean interleaved, long heads, long rotated) implements Attending {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("RotaryEmbedding")
            .since(23)
            .in("X", Schema.FLOATS)
            .in("cos_cache", Schema.FLOATS)
            .in("sin_cache", Schema.FLOATS)
            .optional("position_ids", Set.of(DataType.INT64))
            .out("Y")
            .reader(node -> new RotaryEmbedding(
                    node.integer("interleaved", 0) != 0,
                    node.integer("num_heads", 0),
                    node.integer("rotary_embedding_dim", 0)));

    /// Checks the numbers.
    public RotaryEmbedding {
        Heads.checkCount("num_heads", heads);
        if (rotated < 0 || rotated % 2 != 0) {
            throw new ModelFormatException(
                    "attribute \"rotary_embedding_dim\": expected an even number of at least 0, found " + rotated
                            + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.shape(0).hasRank()) {
            var x = Heads.of("input 0 \"X\"", in.shape(0), heads);
            checkCache(in.shape(1), x, in.has(3));
            checkCache(in.shape(2), x, in.has(3));
            if (in.has(3)) {
                checkPositions(in.shape(3), x);
            }
        }
        return List.of(in.type(0));
    }

    private void checkPositions(SymbolicShape shape, Heads x) {
        if (shape.hasRank() && shape.rank() != 2) {
            throw new ShapeException("input 3 \"position_ids\": expected shape (batch, length), found " + shape);
        }
        if (shape.hasRank()) {
            Heads.same("batch sizes of X and position_ids", x.batch(), shape.dim(0));
            Heads.same("lengths of X and position_ids", x.length(), shape.dim(1));
        }
    }

    private void checkCache(SymbolicShape cache, Heads x, boolean numbered) {
        int rank = numbered ? 2 : 3;
        if (!cache.hasRank()) {
            return;
        }
        if (cache.rank() != rank) {
            throw new ShapeException("cosines and sines: expected rank " + rank + (numbered ? " with" : " without")
                    + " position_ids, found shape " + cache);
        }
        var width = width(x);
        if (width.isKnown()
                && (width.get() % 2 != 0
                        || x.size().isKnown() && width.get() > x.size().get())) {
            throw new ShapeException("input 0 \"X\": expected heads of at least " + width
                    + " elements, an even number, found " + x.size());
        }
        Heads.same("cosines or sines and half the turned elements", width.dividedBy(Dim.of(2)), cache.dim(-1));
        if (!numbered) {
            Heads.same("lengths of X and of cosines or sines", x.length(), cache.dim(1));
            if (!cache.dim(0).is(1)) {
                Heads.same("batch sizes of X and of cosines or sines", x.batch(), cache.dim(0));
            }
        }
    }

    private Dim width(Heads x) {
        return rotated == 0 ? x.size() : Dim.of(rotated);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var shape = Heads.of("input 0 \"X\"", SymbolicShape.of(x.shape()), heads);
        checkCache(SymbolicShape.of(run.input(1).shape()), shape, run.has(3));
        checkCache(SymbolicShape.of(run.input(2).shape()), shape, run.has(3));
        if (run.has(3)) {
            checkPositions(SymbolicShape.of(run.input(3).shape()), shape);
        }
        var y = run.output(0, x.type(), x.shape());
        y.copyFrom(x);
        if (x.size() == 0) {
            return;
        }
        int half = Math.toIntExact(width(shape).get() / 2);
        for (long batch = 0; batch < shape.batch().get(); batch++) {
            for (long position = 0; position < shape.length().get(); position++) {
                long cosine = row(run, 1, batch, position, shape.length().get()) * half;
                long sine = row(run, 2, batch, position, shape.length().get()) * half;
                for (long head = 0; head < shape.heads().get(); head++) {
                    turn(run, y, shape.index(batch, head, position), cosine, sine, half);
                }
            }
        }
    }

    /// The row of a table of cosines or sines that belongs to a position.
    private static long row(Evaluation run, int table, long batch, long position, long length) {
        var shape = run.input(table).shape();
        if (!run.has(3)) {
            return (shape.dim(0) == 1 ? 0 : batch) * length + position;
        }
        long number = run.input(3).getLong(batch * length + position);
        if (number < 0 || number >= shape.dim(0)) {
            throw new ShapeException("input 3 \"position_ids\": expected numbers of 0 to " + (shape.dim(0) - 1)
                    + ", found " + number + "; check the positions");
        }
        return number;
    }

    private void turn(Evaluation run, Tensor y, long from, long cosine, long sine, int half) {
        var x = run.input(0);
        for (int i = 0; i < half; i++) {
            long first = from + (interleaved ? 2L * i : i);
            long second = from + (interleaved ? 2L * i + 1 : i + half);
            double cos = run.input(1).getDouble(cosine + i);
            double sin = run.input(2).getDouble(sine + i);
            double a = x.getDouble(first);
            double b = x.getDouble(second);
            y.setDouble(first, cos * a - sin * b);
            y.setDouble(second, sin * a + cos * b);
        }
    }
}
