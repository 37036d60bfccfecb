package dev.balsa.ir.control;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One of two graphs, by a condition (ONNX If, opset 1 to 25).
///
/// Input 0 is the condition; the rest are the inputs of both branches (what they use from around them).
public record If(Graph thenBranch, Graph elseBranch) implements Control {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("If")
            .in("cond", Schema.BOOLS)
            .rest("captured", Schema.ANY)
            .variadicOut("outputs")
            .reader(If::read);

    private static If read(NodeReader node) {
        var bodies = node.bodies(List.of(), "then_branch", "else_branch");
        return new If(bodies.get(0), bodies.get(1));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Graph> bodies() {
        return List.of(thenBranch, elseBranch);
    }

    @Override
    public If withBodies(List<Graph> bodies) {
        return new If(bodies.get(0), bodies.get(1));
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var captured = new ArrayList<TensorType>();
        for (int i = 1; i < in.inputs(); i++) {
            captured.add(in.type(i));
        }
        var condition = in.constant(0);
        if (condition.isPresent()) {
            return in.infer(condition.get().getBoolean(0) ? thenBranch : elseBranch, captured);
        }
        return eitherBranch(in, captured);
    }

    /// What is true of the results of both branches. One of them may ask for other shapes than there are: models
    /// guard a Squeeze by the length of the dimension, and that branch will then not be taken.
    private List<TensorType> eitherBranch(Inference in, List<TensorType> captured) {
        List<TensorType> whenTrue;
        try {
            whenTrue = in.infer(thenBranch, captured);
        } catch (ShapeException e) {
            return in.infer(elseBranch, captured);
        }
        List<TensorType> whenFalse;
        try {
            whenFalse = in.infer(elseBranch, captured);
        } catch (ShapeException e) {
            return whenTrue;
        }
        if (whenTrue.size() != whenFalse.size()) {
            throw new ShapeException("expected branches of as many outputs, found " + whenTrue.size() + " in one and "
                    + whenFalse.size() + " in the other; check the model");
        }
        var types = new ArrayList<TensorType>();
        for (int i = 0; i < whenTrue.size(); i++) {
            if (whenTrue.get(i).dtype() != whenFalse.get(i).dtype()) {
                throw new ShapeException("output " + i + ": expected one element type from both branches, found "
                        + whenTrue.get(i).dtype() + " and " + whenFalse.get(i).dtype() + "; check the model");
            }
            types.add(common(whenTrue.get(i), whenFalse.get(i)));
        }
        return types;
    }

    /// What is true of both types: dimensions that differ are not known before the run.
    static TensorType common(TensorType a, TensorType b) {
        if (!a.shape().hasRank()
                || !b.shape().hasRank()
                || a.shape().rank() != b.shape().rank()) {
            return a.withShape(SymbolicShape.UNKNOWN);
        }
        var shape = a.shape();
        for (int i = 0; i < shape.rank(); i++) {
            if (!a.shape().dim(i).sameAs(b.shape().dim(i))) {
                shape = shape.with(i, Dim.UNKNOWN);
            }
        }
        return a.withShape(shape);
    }

    @Override
    public void evaluate(Evaluation run) {
        var captured = new ArrayList<Tensor>();
        for (int i = 1; i < run.inputs(); i++) {
            captured.add(run.input(i));
        }
        var results = run.run(run.input(0).getBoolean(0) ? thenBranch : elseBranch, captured);
        for (int i = 0; i < results.size(); i++) {
            run.pass(i, results.get(i));
        }
    }
}
