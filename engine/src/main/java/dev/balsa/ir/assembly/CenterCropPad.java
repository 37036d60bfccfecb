package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// The middle of the input, or the input amid zeros, so that some axes get given lengths (ONNX CenterCropPad, opset
/// 18).
///
/// Of an odd difference the smaller half is before the middle.
///
/// @param axes the axes that the shape input speaks of; empty means all
public record CenterCropPad(List<Long> axes) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("CenterCropPad")
            .since(18)
            .in("input_data", Schema.ANY)
            .in("shape", Schema.INDICES)
            .out("output_data")
            .reader(node -> new CenterCropPad(node.integers("axes")));

    /// Copies the list.
    public CenterCropPad {
        axes = List.copyOf(axes);
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
        var target = in.contents(1);
        var shape = target.map(lengths -> resized(data, lengths)).orElseGet(() -> unknownAt(data));
        return List.of(in.type(0).withShape(shape));
    }

    private SymbolicShape resized(SymbolicShape data, List<Dim> lengths) {
        var at = places(data.rank());
        if (at.length != lengths.size() || lengths.stream().anyMatch(dim -> dim.isKnown() && dim.get() < 0)) {
            throw new ShapeException("cannot crop or pad the axes " + Arrays.toString(at) + " to " + lengths
                    + "; expected one length of at least 0 per axis; check the shape input");
        }
        var shape = data;
        for (int i = 0; i < at.length; i++) {
            shape = shape.with(at[i], lengths.get(i));
        }
        return shape;
    }

    private SymbolicShape unknownAt(SymbolicShape data) {
        var shape = data;
        for (int axis : places(data.rank())) {
            shape = shape.with(axis, Dim.UNKNOWN);
        }
        return shape;
    }

    private int[] places(int rank) {
        var wanted = axes.isEmpty() ? LongStream.range(0, rank).boxed().toList() : axes;
        return wanted.stream().mapToInt(axis -> Axes.normalize(axis, rank)).toArray();
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var lengths =
                Arrays.stream(run.input(1).toLongArray()).mapToObj(Dim::of).toList();
        var shape = resized(SymbolicShape.of(x.shape()), lengths).known().orElseThrow();
        var y = run.output(0, x.type(), shape);
        Fill.zero(y);
        Rearrangement.fill(y, x, axes(x.shape(), shape));
    }

    private static List<Rearrangement.Axis> axes(Shape from, Shape to) {
        var strides = from.strides();
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < strides.length; i++) {
            long size = from.dim(i);
            long shift = size >= to.dim(i) ? (size - to.dim(i)) / 2 : -((to.dim(i) - size) / 2);
            axes.add(new Rearrangement.Axis(
                    place -> place + shift < size ? place + shift : Rearrangement.NOWHERE, strides[i]));
        }
        return axes;
    }
}
