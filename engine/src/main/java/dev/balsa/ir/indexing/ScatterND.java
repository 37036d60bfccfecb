package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;
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

/// The data with slices written to the places that tuples of indices in the last dimension of the second input give
/// (ONNX ScatterND, opset 11 to 18).
///
/// Slices are written in order; of several to one place without a reduction the last one stands.
///
/// @param reduction how an element of a slice meets the one that is there
public record ScatterND(ScatterReduction reduction) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ScatterND")
            .since(11)
            .in("data", Schema.ANY)
            .in("indices", Set.of(DataType.INT64))
            .in("updates", Schema.ANY)
            .out("output")
            .reader(node -> new ScatterND(ScatterReduction.read(node)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        reduction.check(in.dtype(0));
        if (in.dtype(0) != in.dtype(2)) {
            throw in.mismatch(2, "wrong element type", "that of the data, " + in.dtype(0), in.dtype(2));
        }
        check(in.shape(0), in.shape(1));
        return List.of(in.type(0));
    }

    private static void check(SymbolicShape data, SymbolicShape indices) {
        if (!data.hasRank() || !indices.hasRank()) {
            return;
        }
        boolean fits = data.rank() > 0 && indices.rank() > 0;
        if (fits && indices.dim(-1).isKnown()) {
            long tuple = indices.dim(-1).get();
            fits = tuple >= 1 && tuple <= data.rank();
        }
        if (!fits) {
            throw new ShapeException("input 1: indices " + indices + " do not fit data " + data
                    + "; expected tuples of 1 to " + data.rank()
                    + " indices; check the model, or the shapes of its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var data = run.input(0);
        var indices = run.input(1);
        var updates = run.input(2);
        check(SymbolicShape.of(data.shape()), SymbolicShape.of(indices.shape()));
        var tuples = new Tuples(data.shape(), indices, 0);
        checkUpdates(data.shape(), indices.shape(), updates.shape());
        var y = run.output(0, data.type(), data.shape());
        y.copyFrom(data);
        if (updates.size() > 0) {
            scatter(y, tuples, updates);
        }
    }

    private static void checkUpdates(Shape data, Shape indices, Shape updates) {
        var dims = new ArrayList<>(indices.toList().subList(0, indices.rank() - 1));
        dims.addAll(data.toList().subList((int) indices.dim(-1), data.rank()));
        if (!updates.toList().equals(dims)) {
            throw new ShapeException("input 2: expected updates of dimensions " + dims + ", found " + updates.toList()
                    + "; check the shapes of the model's inputs");
        }
    }

    private void scatter(Tensor y, Tuples tuples, Tensor updates) {
        long block = tuples.block();
        for (long i = 0; i < tuples.count(); i++) {
            long to = tuples.offset(i);
            for (long k = 0; k < block; k++) {
                reduction.write(y, to + k, updates, i * block + k);
            }
        }
    }
}
