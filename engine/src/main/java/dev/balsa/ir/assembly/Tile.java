package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The input repeated along every axis (ONNX Tile, opset 1 to 13).
public record Tile() implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Tile")
            .in("input", Schema.ANY)
            .in("repeats", Set.of(DataType.INT64))
            .out("output")
            .reader(Tile::read);

    private static Op read(NodeReader node) {
        if (node.opset() < 6) {
            readOneAxis(node);
        }
        return new Tile();
    }

    /// Before opset 6 the inputs are a number of copies and one axis.
    private static void readOneAxis(NodeReader node) {
        var data = node.input(0).type().shape();
        var tiles = node.constant(1);
        var axis = node.constant(2);
        if (!data.hasRank() || tiles.isEmpty() || axis.isEmpty()) {
            throw node.unsupported("repeating along one axis (opset below 6) unless the rank is known and the inputs "
                    + "\"tiles\" and \"axis\" are constants");
        }
        if (tiles.get().size() != 1 || axis.get().size() != 1) {
            throw node.malformed("inputs \"tiles\" and \"axis\": expected one element each, found " + tiles.get()
                    + " and " + axis.get());
        }
        var repeats = new long[data.rank()];
        Arrays.fill(repeats, 1);
        repeats[Axes.normalize(axis.get().getLong(0), data.rank())] =
                tiles.get().getLong(0);
        node.setInput(1, node.constant(Tensor.of(repeats, repeats.length)));
        node.truncateInputs(2);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        if (!data.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        var shape = in.contents(1).map(repeats -> repeated(data, repeats)).orElse(SymbolicShape.ofRank(data.rank()));
        return List.of(in.type(0).withShape(shape));
    }

    private static SymbolicShape repeated(SymbolicShape data, List<Dim> repeats) {
        if (repeats.size() != data.rank() || repeats.stream().anyMatch(dim -> dim.isKnown() && dim.get() < 0)) {
            throw new ShapeException("cannot repeat an input of shape " + data + " by " + repeats
                    + "; expected one number of at least 0 per dimension; check the repeats input");
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < repeats.size(); i++) {
            dims.add(data.dim(i).times(repeats.get(i)));
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var repeats =
                Arrays.stream(run.input(1).toLongArray()).mapToObj(Dim::of).toList();
        repeated(SymbolicShape.of(x.shape()), repeats);
        var strides = x.shape().strides();
        var dims = new long[strides.length];
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < dims.length; i++) {
            long length = x.shape().dim(i);
            dims[i] = product(length, repeats.get(i).get());
            axes.add(new Rearrangement.Axis(place -> place % length, strides[i]));
        }
        Rearrangement.fill(run.output(0, x.type(), Shape.of(dims)), x, axes);
    }

    private static long product(long length, long repeats) {
        if (Math.multiplyHigh(length, repeats) != 0 || length * repeats < 0) {
            throw new ShapeException("a dimension of length " + length + " repeated " + repeats
                    + " times does not fit 63 bits; check the repeats input");
        }
        return length * repeats;
    }
}
