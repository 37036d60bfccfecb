package dev.balsa.ir.leaf;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A tensor of a given shape filled with one value (ONNX ConstantOfShape, opset 9 to 25).
///
/// @param type the element type
/// @param bits the value's bits, as [Tensor#getLong] or, for floating types, [Double#doubleToRawLongBits] gives them
public record ConstantOfShape(DataType type, long bits) implements Leaf {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ConstantOfShape")
            .since(9)
            .in("input", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> {
                var value = node.tensor("value").orElse(Tensor.of(new float[1], 1));
                return new ConstantOfShape(
                        value.type(),
                        value.type().isFloat() ? Double.doubleToRawLongBits(value.getDouble(0)) : value.getLong(0));
            });

    /// Longer tensors are not lengths of dimensions.
    private static final long MOST_CONTENTS = 64;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = in.contents(0).map(SymbolicShape::of).orElseGet(() -> unknownDims(in));
        return List.of(new TensorType(type, shape));
    }

    private static SymbolicShape unknownDims(Inference in) {
        var lengths = in.shape(0);
        return lengths.isKnown()
                ? SymbolicShape.ofRank((int) lengths.size(0, lengths.rank()).get())
                : SymbolicShape.UNKNOWN;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.contents(0)
                .filter(dims ->
                        type.isInteger() && dims.size() == 1 && dims.getFirst().isKnown())
                .map(dims -> dims.getFirst().get())
                .filter(count -> count >= 0 && count <= MOST_CONTENTS)
                .map(count -> Collections.nCopies(count.intValue(), Dim.of(bits)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var y = run.output(0, type, Shape.of(run.input(0).toLongArray()));
        for (long i = 0; i < y.size(); i++) {
            if (type.isFloat()) {
                y.setDouble(i, Double.longBitsToDouble(bits));
            } else {
                y.setLong(i, bits);
            }
        }
    }
}
