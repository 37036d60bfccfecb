package dev.balsa.ir.indexing;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Slices of the data, one for each tuple of indices in the last dimension of the second input (ONNX GatherND, opset 11
/// to 13).
///
/// @param batchDims leading dimensions that both inputs share; tuples speak of the dimensions after them
public record GatherND(long batchDims) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GatherND")
            .since(11)
            .in("data", Schema.ANY)
            .in("indices", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> new GatherND(node.integer("batch_dims", 0)));

    /// @throws ModelFormatException if the number of shared dimensions is negative
    public GatherND {
        if (batchDims < 0) {
            throw new ModelFormatException(
                    "attribute \"batch_dims\": expected 0 or more, found " + batchDims + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0)
                .withShape(
                        shape(in.shape(0), in.shape(1)).map(SymbolicShape::of).orElse(SymbolicShape.UNKNOWN)));
    }

    /// The dimensions of the result, if the ranks and the length of the tuples are known.
    private Optional<List<Dim>> shape(SymbolicShape data, SymbolicShape indices) {
        if (!data.hasRank() || !indices.hasRank()) {
            return Optional.empty();
        }
        if (batchDims >= data.rank() || batchDims >= indices.rank()) {
            throw misfit(data, indices);
        }
        for (int i = 0; i < batchDims; i++) {
            if (!data.dim(i).mayEqual(indices.dim(i))) {
                throw misfit(data, indices);
            }
        }
        if (!indices.dim(-1).isKnown()) {
            return Optional.empty();
        }
        long tuple = indices.dim(-1).get();
        if (tuple < 1 || tuple > data.rank() - batchDims) {
            throw misfit(data, indices);
        }
        var dims = new ArrayList<>(indices.list().subList(0, indices.rank() - 1));
        dims.addAll(data.list().subList((int) (batchDims + tuple), data.rank()));
        return Optional.of(dims);
    }

    private ShapeException misfit(SymbolicShape data, SymbolicShape indices) {
        return new ShapeException("indices " + indices + " do not fit data " + data + "; expected " + batchDims
                + " equal leading dimensions and tuples of 1 to " + (data.rank() - batchDims)
                + " indices; check the model, or the shapes of its inputs");
    }

    @Override
    public void evaluate(Evaluation run) {
        var data = run.input(0);
        var indices = run.input(1);
        var dims = shape(SymbolicShape.of(data.shape()), SymbolicShape.of(indices.shape()));
        var y = run.output(
                0, data.type(), SymbolicShape.of(dims.orElseThrow()).known().orElseThrow());
        if (y.size() > 0) {
            gather(y, data, indices);
        }
    }

    private void gather(Tensor y, Tensor data, Tensor indices) {
        var tuples = new Tuples(data.shape(), indices, (int) batchDims);
        long perBatch = tuples.count() / data.shape().size(0, (int) batchDims);
        long batchSize = data.shape().size((int) batchDims, data.shape().rank());
        for (long i = 0; i < tuples.count(); i++) {
            long from = i / perBatch * batchSize + tuples.offset(i);
            y.copyElements(i * tuples.block(), data, from, tuples.block());
        }
    }
}
