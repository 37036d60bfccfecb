package dev.balsa.ir.assembly;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// The dimensions in another order (ONNX Transpose, opset 1 to 25).
///
/// @param perm for each dimension of the result the input's dimension; empty reverses all dimensions
public record Transpose(List<Long> perm) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Transpose")
            .in("data", Schema.ANY)
            .out("transposed")
            .reader(node -> new Transpose(node.integers("perm")));

    /// Copies the list.
    ///
    /// @throws ModelFormatException if it is not a permutation of 0 and up
    public Transpose {
        perm = List.copyOf(perm);
        if (!isPermutation(perm)) {
            throw new ModelFormatException("attribute \"perm\": expected every axis from 0 to " + (perm.size() - 1)
                    + " once, found " + perm + "; check the model");
        }
    }

    private static boolean isPermutation(List<Long> perm) {
        var seen = new boolean[perm.size()];
        for (long axis : perm) {
            if (axis < 0 || axis >= seen.length || seen[(int) axis]) {
                return false;
            }
            seen[(int) axis] = true;
        }
        return true;
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    /// For each dimension of the result the input's dimension.
    ///
    /// @throws ShapeException if the permutation is for another rank
    public int[] order(int rank) {
        if (!perm.isEmpty() && perm.size() != rank) {
            throw new ShapeException("attribute \"perm\" " + perm + " does not fit an input of rank " + rank
                    + "; expected one entry per dimension; check the model, or the shapes of its inputs");
        }
        var order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = perm.isEmpty() ? rank - 1 - i : Math.toIntExact(perm.get(i));
        }
        return order;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        if (!data.hasRank()) {
            var shape = perm.isEmpty() ? SymbolicShape.UNKNOWN : SymbolicShape.ofRank(perm.size());
            return List.of(in.type(0).withShape(shape));
        }
        var dims = new ArrayList<Dim>();
        for (int axis : order(data.rank())) {
            dims.add(data.dim(axis));
        }
        return List.of(in.type(0).withShape(SymbolicShape.of(dims)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var strides = x.shape().strides();
        var order = order(strides.length);
        var dims = new long[order.length];
        var axes = new ArrayList<Rearrangement.Axis>();
        for (int i = 0; i < order.length; i++) {
            dims[i] = x.shape().dim(order[i]);
            axes.add(Rearrangement.Axis.whole(strides[order[i]]));
        }
        Rearrangement.fill(run.output(0, x.type(), Shape.of(dims)), x, axes);
    }
}
