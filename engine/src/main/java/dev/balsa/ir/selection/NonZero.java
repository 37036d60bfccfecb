package dev.balsa.ir.selection;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/// The places of the elements that are not zero, in row-major order: one row per dimension, one column per element
/// (ONNX NonZero, opset 9 to 13).
///
/// Strings are taken as zero when empty.
public record NonZero() implements Selection {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("NonZero").since(9).in("X", Schema.ANY).out("Y").reader(node -> new NonZero());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        var rows = data.hasRank() ? Dim.of(data.rank()) : Dim.UNKNOWN;
        return List.of(new TensorType(DataType.INT64, SymbolicShape.of(rows, Dim.UNKNOWN)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var found = LongStream.range(0, x.size()).filter(i -> isNonZero(x, i)).toArray();
        var y = run.output(0, DataType.INT64, Shape.of(x.shape().rank(), found.length));
        var strides = x.shape().strides();
        for (int column = 0; column < found.length; column++) {
            long rest = found[column];
            for (int axis = 0; axis < strides.length; axis++) {
                y.setLong((long) axis * found.length + column, rest / strides[axis]);
                rest %= strides[axis];
            }
        }
    }

    private static boolean isNonZero(Tensor x, long index) {
        return x.type() == DataType.STRING ? !x.getString(index).isEmpty() : x.getBoolean(index);
    }
}
