package dev.balsa.ir.control;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// What is known of the values of a body before any of its iterations, when some of its results are its inputs the next
/// time.
///
/// @param carried types that hold for the carried values before, between and after the iterations
/// @param results the types of the body's results in every iteration
record Iteration(List<TensorType> carried, List<TensorType> results) {
    /// Generalises the types of the carried values until an iteration gives nothing new.
    ///
    /// @param before the types of the body's inputs before the carried ones
    /// @param after those after them
    /// @param skipped how many results come before the carried ones
    static Iteration settle(
            Inference in,
            Graph body,
            List<TensorType> before,
            List<TensorType> carried,
            List<TensorType> after,
            int skipped) {
        var known = carried;
        while (true) {
            var inputs = new ArrayList<>(before);
            inputs.addAll(known);
            inputs.addAll(after);
            var results = in.infer(body, inputs);
            var next = new ArrayList<TensorType>();
            for (int i = 0; i < known.size(); i++) {
                next.add(common(known.get(i), results.get(skipped + i), i));
            }
            if (next.equals(known)) {
                return new Iteration(known, results);
            }
            // Every round forgets a dimension or a rank, of which there are finitely many.
            known = next;
        }
    }

    private static TensorType common(TensorType before, TensorType after, int index) {
        if (before.dtype() != after.dtype()) {
            throw new ShapeException("carried value " + index + ": expected elements of type " + before.dtype()
                    + " from the body, found " + after.dtype() + "; the body must give the type it takes");
        }
        return If.common(before, after);
    }

    /// The type of iterations' results of the given type put together along a new axis.
    static TensorType stacked(TensorType slice, Dim count, long axis) {
        if (!slice.shape().hasRank()) {
            return slice;
        }
        var dims = new ArrayList<>(slice.shape().list());
        dims.add(Axes.normalize(axis, dims.size() + 1), count);
        return slice.withShape(SymbolicShape.of(dims));
    }

    /// Checks that the body takes what the node gives, and gives at least what is carried.
    static Graph checked(NodeReader node, Graph body, int inputs, int results) {
        if (body.inputs().size() != inputs || body.outputs().size() < results) {
            throw node.malformed(
                    "attribute \"body\": expected a graph of " + inputs + " inputs (captured values included)"
                            + " and at least " + results + " outputs, found "
                            + body.inputs().size() + " and "
                            + body.outputs().size());
        }
        return body;
    }

    /// Checks that the node leaves out none of its inputs from `first` on.
    static void checkPresent(NodeReader node, int first) {
        for (int i = first; i < node.inputs(); i++) {
            if (!node.input(i).isPresent()) {
                throw node.malformed("input " + i + " is left out; expected a value for every input of the body");
            }
        }
    }

    /// How many carried values or the like a record may claim to have.
    static void checkCount(String what, long count) {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new ModelFormatException(what + ": expected 0 to 2147483647, found " + count + "; check the model");
        }
    }
}
