package dev.balsa.ir.normalization;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// A function of each row of elements along one axis; the output has the input's type and shape.
public sealed interface AlongAxis extends Normalization permits Hardmax, LogSoftmax, LpNormalization, Softmax {
    /// The axis; negative ones count from the back.
    long axis();

    /// Whether a row is made of all dimensions from the axis on, and not of the axis alone: the form of opsets
    /// below 13, which see the input as a matrix.
    boolean flattened();

    /// Replaces the elements of a row, of which there is at least one.
    void apply(double[] row);

    /// Makes an operator of its attributes.
    @FunctionalInterface
    interface Factory {
        /// The operator with the given axis and [AlongAxis#flattened].
        Op make(long axis, boolean flattened);
    }

    /// The signature of an operator whose rows were flattened before opset 13.
    static Schema schema(String name, Factory factory) {
        return Schema.of(name).in("input", Schema.FLOATS).out("output").reader(node -> read(node, factory));
    }

    private static Op read(NodeReader node, Factory factory) {
        boolean flattened = node.opset() < 13;
        return factory.make(node.integer("axis", flattened ? 1 : -1), flattened);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        if (in.shape(0).hasRank()) {
            Axes.normalize(axis(), in.shape(0).rank());
        }
        return List.of(in.type(0));
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        var groups = rows(x.shape());
        var y = run.output(0, x.type(), x.shape());
        for (long i = 0; x.size() > 0 && i < groups.count(); i++) {
            var row = groups.doubles(x, i);
            apply(row);
            groups.write(y, i, row);
        }
    }

    private Groups rows(Shape shape) {
        int rank = shape.rank();
        int axis = Axes.normalize(axis(), rank);
        return flattened()
                ? Groups.along(Shape.of(shape.size(0, axis), shape.size(axis, rank)), List.of(1))
                : Groups.along(shape, List.of(axis));
    }
}
