package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The input broadcast to a shape, and the shape to the input's (ONNX Expand, opset 8 to 13).
public record Expand() implements Assembly {
    /// Longer tensors hold no lengths worth following.
    private static final long MOST_CONTENTS = 64;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Expand")
            .since(8)
            .in("input", Schema.ANY)
            .in("shape", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> new Expand());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var target = in.contents(1).map(SymbolicShape::of).orElseGet(() -> unknownDims(in.shape(1)));
        return List.of(in.type(0).withShape(common(in.shape(0), target)));
    }

    private static SymbolicShape unknownDims(SymbolicShape lengths) {
        return lengths.isKnown() && lengths.rank() == 1
                ? SymbolicShape.ofRank((int) lengths.dim(0).get())
                : SymbolicShape.UNKNOWN;
    }

    private static SymbolicShape common(SymbolicShape data, SymbolicShape target) {
        if (target.hasRank() && target.list().stream().anyMatch(dim -> dim.isKnown() && dim.get() < 0)) {
            throw new ShapeException(
                    "cannot expand to " + target + "; expected lengths of at least 0; check the shape input");
        }
        return Broadcasting.shape(data, target);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var count = in.numbers(1).filter(shape -> shape.size() == 1).map(List::getFirst);
        var data = in.contents(0).filter(elements -> elements.size() == 1);
        return count.isPresent() && count.get() >= 0 && count.get() <= MOST_CONTENTS
                ? data.map(elements -> Collections.nCopies(count.get().intValue(), elements.getFirst()))
                : Optional.empty();
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var target = new ArrayList<Dim>();
        for (long length : run.input(1).toLongArray()) {
            target.add(Dim.of(length));
        }
        var shape = common(SymbolicShape.of(x.shape()), SymbolicShape.of(target))
                .known()
                .orElseThrow();
        Rearrangement.fill(run.output(0, x.type(), shape), x, axes(x.shape(), shape.rank()));
    }

    private static List<Rearrangement.Axis> axes(Shape own, int rank) {
        var strides = own.strides();
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < rank; i++) {
            int at = i - (rank - own.rank());
            axes.add(Rearrangement.Axis.whole(at < 0 || own.dim(at) == 1 ? 0 : strides[at]));
        }
        return axes;
    }
}
