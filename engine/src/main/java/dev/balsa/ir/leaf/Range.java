package dev.balsa.ir.leaf;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The numbers from `start` in steps of `delta` to before `limit` (ONNX Range, opset 11 to 27).
public record Range() implements Leaf {
    private static final Set<DataType> TYPES = EnumSet.of(
            DataType.FLOAT32,
            DataType.FLOAT64,
            DataType.FLOAT16,
            DataType.BFLOAT16,
            DataType.INT16,
            DataType.INT32,
            DataType.INT64);

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Range")
            .since(11)
            .in("start", TYPES)
            .in("limit", TYPES)
            .in("delta", TYPES)
            .out("output")
            .reader(node -> new Range());

    /// Longer ranges are not lengths of dimensions.
    private static final long MOST_CONTENTS = 64;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        for (int i = 1; i < 3; i++) {
            if (in.dtype(i) != in.dtype(0)) {
                throw in.mismatch(
                        i, "element type differs from input 0", in.dtype(0).toString(), in.dtype(i));
            }
        }
        return List.of(in.type(0).withShape(SymbolicShape.of(length(in))));
    }

    private static Dim length(Inference in) {
        if (in.constant(0).isPresent()
                && in.constant(1).isPresent()
                && in.constant(2).isPresent()) {
            return Dim.of(length(
                    in.constant(0).get(), in.constant(1).get(), in.constant(2).get()));
        }
        var start = scalar(in, 0);
        var limit = scalar(in, 1);
        var delta = scalar(in, 2);
        if (start.isKnown() && limit.isKnown() && delta.isKnown()) {
            return Dim.of(length(start.get(), limit.get(), delta.get()));
        }
        var count = limit.minus(start);
        // A range of lengths does not run backwards: from 0 to a named length it has that many elements.
        return delta.is(1) && (start.is(0) || count.isLength()) ? count : Dim.UNKNOWN;
    }

    private static Dim scalar(Inference in, int index) {
        return in.contents(index)
                .filter(dims -> dims.size() == 1)
                .map(List::getFirst)
                .orElse(Dim.UNKNOWN);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var start = scalar(in, 0);
        var delta = scalar(in, 2);
        var length = length(in);
        if (!length.isKnown() || length.get() > MOST_CONTENTS) {
            return Optional.empty();
        }
        var numbers = new ArrayList<Dim>();
        for (long i = 0; i < length.get(); i++) {
            numbers.add(start.plus(delta.times(Dim.of(i))));
        }
        return Optional.of(numbers);
    }

    @Override
    public void evaluate(Evaluation run) {
        var start = run.input(0);
        var delta = run.input(2);
        long length = length(start, run.input(1), delta);
        var y = run.output(0, start.type(), Shape.of(length));
        if (y.type().isFloat()) {
            double first = start.getDouble(0);
            double step = delta.getDouble(0);
            for (long i = 0; i < length; i++) {
                y.setDouble(i, first + i * step);
            }
        } else {
            long first = start.getLong(0);
            long step = delta.getLong(0);
            for (long i = 0; i < length; i++) {
                y.setLong(i, first + i * step);
            }
        }
    }

    /// How many numbers there are.
    ///
    /// @throws ShapeException if they do not end, or if an operand is no scalar
    public static long length(Tensor start, Tensor limit, Tensor delta) {
        if (start.size() != 1 || limit.size() != 1 || delta.size() != 1) {
            throw new ShapeException("expected scalars as start, limit and delta of a range, found shapes "
                    + start.shape() + ", " + limit.shape() + " and " + delta.shape() + "; check the model's inputs");
        }
        if (!start.type().isFloat()) {
            return length(start.getLong(0), limit.getLong(0), delta.getLong(0));
        }
        double steps = Math.ceil((limit.getDouble(0) - start.getDouble(0)) / delta.getDouble(0));
        if (Double.isNaN(steps) || steps == Double.POSITIVE_INFINITY) {
            throw endless(start.getDouble(0), limit.getDouble(0), delta.getDouble(0));
        }
        return (long) Math.max(0, steps);
    }

    private static long length(long start, long limit, long delta) {
        if (delta == 0) {
            throw endless(start, limit, delta);
        }
        if (delta > 0 ? start >= limit : start <= limit) {
            return 0;
        }
        // Unsigned, the distance fits even where its signed form overflows.
        long distance = delta > 0 ? limit - start : start - limit;
        long steps = Long.divideUnsigned(distance - 1, Math.abs(delta)) + 1;
        if (steps < 0) {
            throw endless(start, limit, delta);
        }
        return steps;
    }

    private static ShapeException endless(Number start, Number limit, Number delta) {
        return new ShapeException("a range from " + start + " to " + limit + " in steps of " + delta
                + " does not end; expected a step other than 0 and finite limits; check the model's inputs");
    }
}
