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
import dev.balsa.ir.Value;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Every so many elements of a range, per axis (ONNX Slice, opset 1 to 13).
///
/// Ranges are clamped to the dimension, as in Python; negative starts and ends count from the back; negative steps walk
/// backwards.
public record Slice() implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Slice")
            .in("data", Schema.ANY)
            .in("starts", Schema.INDICES)
            .in("ends", Schema.INDICES)
            .optional("axes", Schema.INDICES)
            .optional("steps", Schema.INDICES)
            .out("output")
            .reader(Slice::read);

    private static final int STARTS = 1;
    private static final int ENDS = 2;
    private static final int AXES = 3;
    private static final int STEPS = 4;

    private static Op read(NodeReader node) {
        if (node.opset() < 10) {
            node.setInput(STARTS, list(node, "starts"));
            node.setInput(ENDS, list(node, "ends"));
            if (node.has("axes")) {
                node.setInput(AXES, list(node, "axes"));
            }
        }
        return new Slice();
    }

    private static Value list(NodeReader node, String attribute) {
        var values =
                node.integers(attribute).stream().mapToLong(Long::longValue).toArray();
        return node.constant(Tensor.of(values, values.length));
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
        var starts = in.contents(STARTS);
        var ends = in.contents(ENDS);
        var axes = in.has(AXES) ? in.numbers(AXES) : starts.map(list -> firstAxes(list.size()));
        if (axes.isEmpty()) {
            return List.of(in.type(0).withShape(SymbolicShape.ofRank(data.rank())));
        }
        var steps = in.has(STEPS) ? in.contents(STEPS) : axes.map(list -> constants(list.size(), 1));
        var shape = data;
        for (int i = 0; i < axes.get().size(); i++) {
            int axis = Axes.normalize(axes.get().get(i), data.rank());
            shape = shape.with(axis, SliceRange.length(data.dim(axis), at(starts, i), at(ends, i), at(steps, i)));
        }
        return List.of(in.type(0).withShape(shape));
    }

    private static Dim at(Optional<List<Dim>> list, int index) {
        if (list.isEmpty()) {
            return Dim.UNKNOWN;
        }
        if (index >= list.get().size()) {
            throw misfit();
        }
        return list.get().get(index);
    }

    private static ShapeException misfit() {
        return new ShapeException("inputs \"starts\", \"ends\", \"axes\" and \"steps\" differ in length; expected one "
                + "entry of each per axis; check the model");
    }

    private static List<Long> firstAxes(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    private static List<Dim> constants(int count, long value) {
        return Collections.nCopies(count, Dim.of(value));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var data = in.contents(0);
        var starts = in.numbers(STARTS);
        var ends = in.numbers(ENDS);
        var steps = in.has(STEPS) ? in.numbers(STEPS) : Optional.of(List.of(1L));
        boolean isKnown = data.isPresent() && starts.isPresent() && ends.isPresent() && steps.isPresent();
        if (!isKnown || !isVector(in.shape(0))) {
            return Optional.empty();
        }
        if (starts.get().size() != 1 || ends.get().size() != 1 || steps.get().size() != 1) {
            return Optional.empty();
        }
        var range = SliceRange.of(
                data.get().size(),
                starts.get().getFirst(),
                ends.get().getFirst(),
                steps.get().getFirst());
        return Optional.of(LongStream.range(0, range.length())
                .mapToObj(i -> data.get().get((int) range.place(i)))
                .toList());
    }

    private static boolean isVector(SymbolicShape shape) {
        return shape.hasRank() && shape.rank() == 1;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var ranges = ranges(run, x.shape());
        var strides = x.shape().strides();
        var dims = new long[ranges.length];
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < ranges.length; i++) {
            dims[i] = ranges[i].length();
            axes.add(new Rearrangement.Axis(ranges[i]::place, strides[i]));
        }
        Rearrangement.fill(run.output(0, x.type(), Shape.of(dims)), x, axes);
    }

    /// The range of every dimension.
    private static SliceRange[] ranges(Evaluation run, Shape shape) {
        var starts = run.input(STARTS).toLongArray();
        var ends = run.input(ENDS).toLongArray();
        var axes = run.has(AXES)
                ? run.input(AXES).toLongArray()
                : LongStream.range(0, starts.length).toArray();
        var steps = run.has(STEPS)
                ? run.input(STEPS).toLongArray()
                : LongStream.generate(() -> 1).limit(starts.length).toArray();
        if (starts.length != ends.length || starts.length != axes.length || starts.length != steps.length) {
            throw misfit();
        }
        var ranges = new SliceRange[shape.rank()];
        for (int i = 0; i < axes.length; i++) {
            int axis = Axes.normalize(axes[i], ranges.length);
            if (ranges[axis] != null) {
                throw new ShapeException("axes " + Arrays.toString(axes) + ": axis " + axis
                        + " is named twice; expected every axis at most once; check the axes input");
            }
            ranges[axis] = SliceRange.of(shape.dim(axis), starts[i], ends[i], steps[i]);
        }
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = ranges[i] == null ? new SliceRange(0, 1, shape.dim(i)) : ranges[i];
        }
        return ranges;
    }
}
