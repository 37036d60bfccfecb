package dev.balsa.ir.assembly;

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

/// The first steps of every sequence of a batch in reverse order, as many as its length says (ONNX ReverseSequence,
/// opset 10).
///
/// @param batchAxis the axis of the sequences, 0 or 1
/// @param timeAxis the axis of the steps, the other one of 0 and 1
public record ReverseSequence(long batchAxis, long timeAxis) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ReverseSequence")
            .since(10)
            .in("input", Schema.ANY)
            .in("sequence_lens", Set.of(DataType.INT64))
            .out("Y")
            .reader(node -> new ReverseSequence(node.integer("batch_axis", 1), node.integer("time_axis", 0)));

    /// @throws ModelFormatException if the axes are not 0 and 1 in either order
    public ReverseSequence {
        if (batchAxis < 0 || batchAxis > 1 || timeAxis != 1 - batchAxis) {
            throw new ModelFormatException(
                    "attributes \"batch_axis\" and \"time_axis\": expected 0 and 1 in either order, " + "found "
                            + batchAxis + " and " + timeAxis + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        check(in.shape(0), in.shape(1));
        return List.of(in.type(0));
    }

    private void check(SymbolicShape data, SymbolicShape lengths) {
        if (!data.hasRank()) {
            return;
        }
        var batch = data.rank() < 2 ? Dim.UNKNOWN : data.dim((int) batchAxis);
        if (data.rank() < 2
                || lengths.hasRank() && (lengths.rank() != 1 || !lengths.dim(0).mayEqual(batch))) {
            throw new ShapeException("cannot reverse sequences of " + data + " by lengths " + lengths
                    + "; expected at least two dimensions and a length for each sequence; check the model, or the "
                    + "shapes of its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var lengths = run.input(1);
        check(SymbolicShape.of(x.shape()), SymbolicShape.of(lengths.shape()));
        var y = run.output(0, x.type(), x.shape());
        y.copyFrom(x);
        if (x.size() == 0) {
            return;
        }
        for (long sequence = 0; sequence < lengths.size(); sequence++) {
            reverse(y, x, sequence, lengths.getLong(sequence));
        }
    }

    private void reverse(Tensor y, Tensor x, long sequence, long length) {
        long steps = x.shape().dim((int) timeAxis);
        if (length < 0 || length > steps) {
            throw new ShapeException("sequence " + sequence + ": expected a length from 0 to " + steps + ", found "
                    + length + "; check the sequence_lens input");
        }
        long block = x.shape().size(2, x.shape().rank());
        long timeStride = timeAxis == 0 ? x.shape().dim(1) * block : block;
        long start = sequence * (batchAxis == 0 ? x.shape().dim(1) * block : block);
        for (long step = 0; step < length; step++) {
            y.copyElements(start + step * timeStride, x, start + (length - 1 - step) * timeStride, block);
        }
    }
}
