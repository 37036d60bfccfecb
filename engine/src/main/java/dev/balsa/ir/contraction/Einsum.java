package dev.balsa.ir.contraction;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sums of products along dimensions that an equation names, in Einstein's notation (ONNX Einsum, opset 12).
///
/// A letter that is not in the result is summed over; one that is repeated within an operand takes its diagonal; a
/// dimension of length 1 is stretched. An ellipsis that the result does not have is summed over, too.
///
/// @param equation such as `bij,bjk->bik`; see [EinsumEquation]
public record Einsum(String equation) implements Contraction {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Einsum")
            .since(12)
            .variadic("Inputs", Schema.NUMERIC)
            .out("Output")
            .reader(node -> new Einsum(node.string("equation", "")));

    /// @throws dev.balsa.error.ModelFormatException if the equation is malformed
    public Einsum {
        new EinsumEquation(equation);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shapes = new ArrayList<SymbolicShape>();
        for (int i = 0; i < in.inputs(); i++) {
            if (!in.has(i) || in.dtype(i) != in.dtype(0)) {
                throw in.mismatch(
                        i,
                        "element type differs from input 0",
                        in.dtype(0).toString(),
                        in.has(i) ? in.dtype(i) : "none");
            }
            shapes.add(in.shape(i));
        }
        if (!shapes.stream().allMatch(SymbolicShape::hasRank)) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        var parsed = new EinsumEquation(equation);
        var lengths = lengths(parsed, shapes);
        var dims = parsed.resultLabels(ellipsis(parsed, shapes)).stream()
                .map(label -> lengths.getOrDefault(label, Dim.of(1)))
                .toList();
        return List.of(in.type(0).withShape(SymbolicShape.of(dims)));
    }

    private int ellipsis(EinsumEquation parsed, List<SymbolicShape> shapes) {
        int longest = 0;
        for (int i = 0; i < shapes.size(); i++) {
            longest = Math.max(longest, parsed.ellipsis(i, shapes.get(i).rank()));
        }
        return longest;
    }

    /// The length of every labelled dimension, in the order in which the labels occur first.
    private Map<Integer, Dim> lengths(EinsumEquation parsed, List<SymbolicShape> shapes) {
        if (parsed.operands() != shapes.size()) {
            throw new ShapeException("equation \"" + equation + "\": expected " + parsed.operands() + " inputs, found "
                    + shapes.size() + "; check the model");
        }
        var lengths = new LinkedHashMap<Integer, Dim>();
        for (int i = 0; i < shapes.size(); i++) {
            var shape = shapes.get(i);
            if (parsed.ellipsis(i, shape.rank()) < 0) {
                throw new ShapeException("equation \"" + equation + "\": input " + i + " has shape " + shape
                        + ", which has another number of dimensions than its term; check the model's inputs");
            }
            var labels = parsed.labels(i, shape.rank());
            for (int axis = 0; axis < labels.size(); axis++) {
                lengths.merge(labels.get(axis), shape.dim(axis), this::common);
            }
        }
        return lengths;
    }

    private Dim common(Dim a, Dim b) {
        if (a.is(1)) {
            return b;
        }
        if (!b.is(1) && !a.mayEqual(b)) {
            throw new ShapeException("equation \"" + equation + "\": one letter stands for dimensions of lengths " + a
                    + " and " + b + "; expected equal lengths, or 1; check the model's inputs");
        }
        return b.is(1) || a.isKnown() ? a : b;
    }

    @Override
    public void evaluate(Evaluation run) {
        var parsed = new EinsumEquation(equation);
        var operands = new ArrayList<Tensor>();
        for (int i = 0; i < run.inputs(); i++) {
            operands.add(run.input(i));
        }
        var shapes = operands.stream()
                .map(operand -> SymbolicShape.of(operand.shape()))
                .toList();
        var lengths = lengths(parsed, shapes);
        var result = parsed.resultLabels(ellipsis(parsed, shapes));
        var summed = lengths.keySet().stream()
                .filter(label -> !result.contains(label))
                .toList();
        var outer = shape(result, lengths);
        var y = run.output(0, operands.getFirst().type(), outer);
        sum(
                operands,
                y,
                new StridedWalk(outer, strides(parsed, operands, result)),
                new StridedWalk(shape(summed, lengths), strides(parsed, operands, summed)));
    }

    private static Shape shape(List<Integer> labels, Map<Integer, Dim> lengths) {
        return Shape.of(labels.stream()
                .map(label -> lengths.getOrDefault(label, Dim.of(1)).get())
                .toList());
    }

    /// By how much the flat index of each operand moves with each of the labels.
    private static List<long[]> strides(EinsumEquation parsed, List<Tensor> operands, List<Integer> along) {
        var all = new ArrayList<long[]>();
        for (int i = 0; i < operands.size(); i++) {
            var shape = operands.get(i).shape();
            var own = shape.strides();
            var labels = parsed.labels(i, shape.rank());
            var strides = new long[along.size()];
            for (int axis = 0; axis < own.length; axis++) {
                int at = along.indexOf(labels.get(axis));
                if (at >= 0 && shape.dim(axis) != 1) {
                    strides[at] += own[axis];
                }
            }
            all.add(strides);
        }
        return all;
    }

    private static void sum(List<Tensor> operands, Tensor y, StridedWalk outer, StridedWalk inner) {
        var type = y.type();
        for (long i = 0; i < y.size(); i++, outer.next()) {
            double sum = 0;
            long whole = 0;
            for (long k = 0; k < inner.size(); k++, inner.next()) {
                if (type.isFloat()) {
                    sum += product(operands, outer, inner);
                } else {
                    whole += integerProduct(operands, outer, inner);
                }
            }
            set(y, i, type, sum, whole);
        }
    }

    private static void set(Tensor y, long at, DataType type, double sum, long whole) {
        if (type.isFloat()) {
            y.setDouble(at, sum);
        } else {
            y.setLong(at, whole);
        }
    }

    private static double product(List<Tensor> operands, StridedWalk outer, StridedWalk inner) {
        double product = 1;
        for (int i = 0; i < operands.size(); i++) {
            product *= operands.get(i).getDouble(outer.index(i) + inner.index(i));
        }
        return product;
    }

    private static long integerProduct(List<Tensor> operands, StridedWalk outer, StridedWalk inner) {
        long product = 1;
        for (int i = 0; i < operands.size(); i++) {
            product *= operands.get(i).getLong(outer.index(i) + inner.index(i));
        }
        return product;
    }
}
