package dev.balsa.ir.view;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The same elements in another shape (ONNX Reshape, opset 1 to 25).
///
/// @param allowZero whether a 0 in the new shape means an empty dimension; otherwise it copies the input's dimension
public record Reshape(boolean allowZero) implements View {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Reshape")
            .in("data", Schema.ANY)
            .in("shape", Set.of(DataType.INT64))
            .out("reshaped")
            .reader(Reshape::read);

    private static Reshape read(NodeReader node) {
        if (node.opset() < 5) {
            var shape =
                    node.integers("shape").stream().mapToLong(Long::longValue).toArray();
            node.setInput(1, node.constant(Tensor.of(shape, shape.length)));
        }
        return new Reshape(node.integer("allowzero", 0) != 0);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(inferShape(in)));
    }

    private SymbolicShape inferShape(Inference in) {
        var wanted = in.contents(1);
        if (wanted.isEmpty()) {
            var length = in.shape(1);
            return length.isKnown()
                    ? SymbolicShape.ofRank((int) length.size(0, length.rank()).get())
                    : SymbolicShape.UNKNOWN;
        }
        return resolve(in.shape(0), wanted.get());
    }

    /// The new dimensions with 0 and -1 replaced by what they stand for.
    private SymbolicShape resolve(SymbolicShape data, List<Dim> wanted) {
        var dims = new ArrayList<Dim>(wanted.size());
        int hole = -1;
        var rest = Dim.of(1);
        for (int i = 0; i < wanted.size(); i++) {
            var dim = wanted.get(i);
            if (dim.is(0) && !allowZero) {
                dim = data.hasRank() && i < data.rank() ? data.dim(i) : Dim.UNKNOWN;
            }
            if (dim.is(-1)) {
                hole = i;
            } else {
                rest = rest.times(dim);
            }
            dims.add(dim);
        }
        if (hole >= 0) {
            dims.set(hole, data.hasRank() ? data.size(0, data.rank()).dividedBy(rest) : Dim.UNKNOWN);
        } else if (data.isKnown()
                && rest.isKnown()
                && !data.size(0, data.rank()).equals(rest)) {
            throw new ShapeException("cannot reshape " + data + " to " + wanted + "; expected "
                    + data.size(0, data.rank()) + " elements, found " + rest + "; check the shape input");
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var shape = inferShape(in);
        return shape.hasRank() && shape.rank() <= 1 ? in.contents(0) : Optional.empty();
    }

    @Override
    public Shape shape(Evaluation run) {
        var wanted = run.input(1).toLongArray();
        var dims = Arrays.stream(wanted).mapToObj(Dim::of).toList();
        return resolve(SymbolicShape.of(run.input(0).shape()), dims)
                .known()
                .orElseThrow(() -> new ShapeException("cannot reshape " + run.input(0) + " to " + dims
                        + "; expected at most one -1 whose length follows from "
                        + "the others; check the shape input"));
    }
}
