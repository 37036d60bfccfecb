package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
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
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;

/// More elements before and after those of the input, along every axis (ONNX Pad, opset 1 to 25).
///
/// Negative pads remove elements; what remains is what reflections and repetitions are of. Reflections and repetitions
/// longer than the input go on periodically.
///
/// @param mode what the new elements are
public record Pad(Mode mode) implements Assembly {
    /// What stands around the input.
    public enum Mode {
        /// One value.
        CONSTANT,
        /// The input mirrored at its outermost elements, which are not repeated.
        REFLECT,
        /// The outermost elements.
        EDGE,
        /// The input again and again.
        WRAP
    }

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Pad")
            .in("data", Schema.ANY)
            .in("pads", Set.of(DataType.INT64))
            .optional("constant_value", Schema.ANY)
            .optional("axes", Schema.INDICES)
            .out("output")
            .reader(Pad::read);

    private static final int PADS = 1;
    private static final int VALUE = 2;
    private static final int AXES = 3;

    private static Op read(NodeReader node) {
        if (node.opset() < 11) {
            var pads = node.integers(node.opset() < 2 ? "paddings" : "pads").stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            node.setInput(PADS, node.constant(Tensor.of(pads, pads.length)));
            var value = Tensor.allocate(node.input(0).type().dtype(), Shape.scalar());
            value.setDouble(0, node.real("value", 0));
            node.setInput(VALUE, node.constant(value));
        }
        var mode = node.string("mode", "constant");
        if (!node.input(VALUE).isPresent()) {
            node.setInput(
                    VALUE, node.constant(Tensor.allocate(node.input(0).type().dtype(), Shape.scalar())));
        }
        return new Pad(Arrays.stream(Mode.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(mode))
                .findFirst()
                .orElseThrow(() -> node.malformed(
                        "attribute \"mode\" is \"" + mode + "\"; expected constant, reflect, edge or wrap")));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        if (in.has(VALUE) && in.dtype(VALUE) != in.dtype(0)) {
            throw in.mismatch(VALUE, "wrong element type", "that of the data, " + in.dtype(0), in.dtype(VALUE));
        }
        if (!data.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        var pads = in.contents(PADS);
        var axes = in.numbers(AXES);
        if (pads.isEmpty() || in.has(AXES) && axes.isEmpty()) {
            return List.of(in.type(0).withShape(SymbolicShape.ofRank(data.rank())));
        }
        var shape = data;
        var padded = axes(
                axes.orElseGet(() -> allAxes(data.rank())),
                data.rank(),
                pads.get().size());
        for (int i = 0; i < padded.length; i++) {
            var before = pads.get().get(i);
            var after = pads.get().get(i + padded.length);
            shape = shape.with(padded[i], data.dim(padded[i]).plus(before).plus(after));
        }
        return List.of(in.type(0).withShape(shape));
    }

    private static List<Long> allAxes(int rank) {
        return LongStream.range(0, rank).boxed().toList();
    }

    private static int[] axes(List<Long> axes, int rank, int pads) {
        var normalized =
                axes.stream().mapToInt(axis -> Axes.normalize(axis, rank)).toArray();
        if (Arrays.stream(normalized).distinct().count() != normalized.length || pads != 2L * normalized.length) {
            throw new ShapeException("cannot pad the axes " + axes + " of rank " + rank + " with " + pads
                    + " pads; expected different axes and two pads for each; check the pads and axes inputs");
        }
        return normalized;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var pads = run.input(PADS).toLongArray();
        var given = run.has(AXES)
                ? Arrays.stream(run.input(AXES).toLongArray()).boxed().toList()
                : allAxes(x.shape().rank());
        var axes = axes(given, x.shape().rank(), pads.length);
        var before = new long[x.shape().rank()];
        var after = before.clone();
        for (int i = 0; i < axes.length; i++) {
            before[axes[i]] = pads[i];
            after[axes[i]] = pads[i + axes.length];
        }
        pad(run, x, before, after);
    }

    private void pad(Evaluation run, Tensor x, long[] before, long[] after) {
        var dims = x.shape().toArray();
        var strides = x.shape().strides();
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < dims.length; i++) {
            var padding = PadAxis.of(mode, dims[i], before[i], after[i]);
            dims[i] = padding.length();
            axes.add(new Rearrangement.Axis(place -> padding.source(mode, place), strides[i]));
        }
        var y = run.output(0, x.type(), Shape.of(dims));
        if (mode == Mode.CONSTANT) {
            fill(run, y);
        }
        Rearrangement.fill(y, x, axes);
    }

    private static void fill(Evaluation run, Tensor y) {
        if (!run.has(VALUE)) {
            Fill.zero(y);
            return;
        }
        var value = run.input(VALUE);
        if (value.size() != 1) {
            throw new ShapeException("input " + VALUE + " \"constant_value\": expected one element, found " + value
                    + "; check the model");
        }
        Fill.with(y, value);
    }
}
