package dev.balsa.ir.selection;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// The different slices along an axis, or the different elements (ONNX Unique, opset 11).
///
/// Further outputs, as far as wanted: the first place of each of them, for each place which of them stands there, and
/// how often each occurs. Slices compare by their first different element; NaN equals NaN.
///
/// @param axis the axis, negative counted from the back; without it, the elements in row-major order
/// @param sorted whether the result is in ascending order; otherwise in order of first occurrence
public record Unique(Optional<Long> axis, boolean sorted) implements Selection {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Unique")
            .since(11)
            .in("X", Schema.ANY)
            .out("Y")
            .optionalOut("indices")
            .optionalOut("inverse_indices")
            .optionalOut("counts")
            .reader(node -> new Unique(
                    node.has("axis") ? Optional.of(node.integer("axis")) : Optional.empty(),
                    node.integer("sorted", 1) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        var unknown = new TensorType(DataType.INT64, SymbolicShape.of(Dim.UNKNOWN));
        if (axis.isEmpty()) {
            var all = data.hasRank() ? data.size(0, data.rank()) : Dim.UNKNOWN;
            return List.of(
                    in.type(0).withShape(SymbolicShape.of(Dim.UNKNOWN)),
                    unknown,
                    unknown.withShape(SymbolicShape.of(all)),
                    unknown);
        }
        if (!data.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN), unknown, unknown, unknown);
        }
        int at = Axes.normalize(axis.get(), data.rank());
        return List.of(
                in.type(0).withShape(data.with(at, Dim.UNKNOWN)),
                unknown,
                unknown.withShape(SymbolicShape.of(data.dim(at))),
                unknown);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = axis.isPresent()
                ? run.input(0)
                : run.input(0).reshaped(Shape.of(run.input(0).size()));
        int at = axis.map(wanted -> Axes.normalize(wanted, x.shape().rank())).orElse(0);
        if (x.size() == 0 && x.shape().dim(at) > 0) {
            throw new ShapeException("slices of " + x + " along axis " + at
                    + " have no elements to tell them apart by; check the shapes of the model's inputs");
        }
        var groups = Groups.of(x.shape().dim(at), new Slices(x, at), sorted);
        var dims = x.shape().toArray();
        dims[at] = groups.size();
        copy(run.output(0, x.type(), Shape.of(dims)), x, at, groups);
        report(run, groups);
    }

    private static void copy(Tensor y, Tensor x, int axis, Groups groups) {
        if (y.size() == 0) {
            return;
        }
        long block = x.shape().size(axis + 1, x.shape().rank());
        long count = groups.size();
        for (long to = 0; to < y.size() / block; to++) {
            long from = to / count * x.shape().dim(axis) + groups.first((int) (to % count));
            y.copyElements(to * block, x, from * block, block);
        }
    }

    private static void report(Evaluation run, Groups groups) {
        var count = Shape.of(groups.size());
        if (run.wants(1)) {
            var first = run.output(1, DataType.INT64, count);
            for (int i = 0; i < groups.size(); i++) {
                first.setLong(i, groups.first(i));
            }
        }
        if (run.wants(2)) {
            var inverse = run.output(2, DataType.INT64, Shape.of(groups.places()));
            for (int i = 0; i < groups.places(); i++) {
                inverse.setLong(i, groups.groupOf(i));
            }
        }
        if (run.wants(3)) {
            var counts = run.output(3, DataType.INT64, count);
            for (int i = 0; i < groups.places(); i++) {
                int group = groups.groupOf(i);
                counts.setLong(group, i == groups.first(group) ? 1 : counts.getLong(group) + 1);
            }
        }
    }

    /// The order of the slices along an axis.
    private record Slices(Tensor x, int axis, ElementOrder order) implements ElementOrder {
        Slices(Tensor x, int axis) {
            this(x, axis, ElementOrder.of(x));
        }

        @Override
        public int compare(long a, long b) {
            long block = x.shape().size(axis + 1, x.shape().rank());
            long pitch = x.shape().dim(axis) * block;
            for (long start = 0; start < x.size(); start += pitch) {
                for (long i = start; i < start + block; i++) {
                    int compared = order.compare(i + a * block, i + b * block);
                    if (compared != 0) {
                        return compared;
                    }
                }
            }
            return 0;
        }
    }
}
