package dev.balsa.ir.window;

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
import java.util.List;
import java.util.Set;

/// Puts pooled elements back where [MaxPool] found them; everything else is zero (ONNX MaxUnpool, opset 9 to 22).
///
/// Inputs: X and the indices of the same shape, optionally the output shape. Indices are flat over the shape that
/// follows from the window; a larger output shape only adds zeros at the ends of the dimensions.
///
/// @param window how the window of the pool moved
public record MaxUnpool(WindowAttributes window) implements Window {
    private static final int SHAPE = 2;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MaxUnpool")
            .since(9)
            .in("X", Schema.FLOATS)
            .in("I", Set.of(DataType.INT64))
            .optional("output_shape", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> new MaxUnpool(WindowAttributes.readPool(node)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.has(SHAPE)) {
            var wanted = in.contents(SHAPE).map(SymbolicShape::of);
            return List.of(in.type(0)
                    .withShape(
                            wanted.orElse(SymbolicShape.ofRank(window.kernel().size() + 2))));
        }
        var x = in.shape(0);
        return List.of(in.type(0).withShape(x.hasRank() ? unpooled(x) : x));
    }

    private SymbolicShape unpooled(SymbolicShape x) {
        window.checkRank(x.rank() - 2);
        var dims = new ArrayList<Dim>(List.of(x.dim(0), x.dim(1)));
        for (int axis = 0; axis < window.kernel().size(); axis++) {
            long rest = window.kernel().get(axis) - window.padBegin(axis) - window.padEnd(axis);
            dims.add(x.dim(axis + 2)
                    .minus(Dim.of(1))
                    .times(Dim.of(window.stride(axis)))
                    .plus(rest));
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var from = unpooled(SymbolicShape.of(x.shape())).known().orElseThrow();
        var to = run.has(SHAPE) ? Shape.of(run.input(SHAPE).toLongArray()) : from;
        check(x, run.input(1), from, to);
        var y = run.output(0, x.type(), to);
        for (long i = 0; i < x.size(); i++) {
            long index = run.input(1).getLong(i);
            if (index < 0 || index >= from.size()) {
                throw new ShapeException("input 1 \"I\": expected indices from 0 to " + (from.size() - 1) + ", found "
                        + index + "; pass the indices of the MaxPool with the same window");
            }
            y.copyElement(moved(index, from, to), x, i);
        }
    }

    private static void check(Tensor x, Tensor indices, Shape from, Shape to) {
        boolean fit = indices.shape().equals(x.shape()) && to.rank() == from.rank();
        for (int axis = 0; fit && axis < to.rank(); axis++) {
            fit = to.dim(axis) >= from.dim(axis);
        }
        if (!fit) {
            throw new ShapeException(
                    "expected indices of shape " + x.shape() + " and an output shape of at least " + from + ", found "
                            + indices.shape() + " and " + to + "; check the model, or the shapes of its inputs");
        }
    }

    /// The flat index in `to` of the place with flat index `index` in `from`.
    private static long moved(long index, Shape from, Shape to) {
        long moved = 0;
        long rest = index;
        long stride = 1;
        for (int axis = from.rank() - 1; axis >= 0; axis--) {
            moved += rest % from.dim(axis) * stride;
            rest /= from.dim(axis);
            stride *= to.dim(axis);
        }
        return moved;
    }
}
