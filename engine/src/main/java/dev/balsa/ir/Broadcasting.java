package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// Multidirectional broadcasting as ONNX defines it (*Broadcasting in ONNX*), and a walk over the places of a result
/// that keeps the flat index of every operand.
public final class Broadcasting {
    private final long[] dims;
    private final long[] place;
    private final long[][] strides;
    private final long[] indices;

    /// A walk over `result` in row-major order, to whose shape every operand can be broadcast.
    public Broadcasting(Shape result, List<Shape> operands) {
        dims = result.toArray();
        place = new long[dims.length];
        indices = new long[operands.size()];
        strides = new long[operands.size()][];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = strides(operands.get(i), dims.length);
        }
    }

    private static long[] strides(Shape operand, int rank) {
        var own = operand.strides();
        var strides = new long[rank];
        for (int i = 0; i < own.length; i++) {
            strides[rank - own.length + i] = operand.dim(i) == 1 ? 0 : own[i];
        }
        return strides;
    }

    /// Whether an operand that can be broadcast to `result` is read one element after the other, or always the same
    /// one.
    public static boolean isEven(Shape result, Shape operand) {
        return operand.size() == result.size() || operand.size() == 1;
    }

    /// The flat index of the given operand at the current place.
    public long index(int operand) {
        return indices[operand];
    }

    /// Goes to the next place.
    public void next() {
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            for (int i = 0; i < indices.length; i++) {
                indices[i] += strides[i][axis];
            }
            if (++place[axis] < dims[axis]) {
                return;
            }
            for (int i = 0; i < indices.length; i++) {
                indices[i] -= strides[i][axis] * dims[axis];
            }
            place[axis] = 0;
        }
    }

    /// The common shape of all inputs of a node.
    public static SymbolicShape shape(Inference in) {
        var common = SymbolicShape.of(List.of());
        for (int i = 0; i < in.inputs(); i++) {
            common = shape(common, in.shape(i));
        }
        return common;
    }

    /// The common shape of two operands.
    ///
    /// @throws ShapeException if they cannot be broadcast to each other
    public static SymbolicShape shape(SymbolicShape a, SymbolicShape b) {
        if (!a.hasRank() || !b.hasRank()) {
            return SymbolicShape.UNKNOWN;
        }
        int rank = Math.max(a.rank(), b.rank());
        var common = new ArrayList<Dim>(rank);
        for (int i = -rank; i < 0; i++) {
            var left = -i > a.rank() ? Dim.of(1) : a.dim(i);
            var right = -i > b.rank() ? Dim.of(1) : b.dim(i);
            common.add(dim(left, right, a, b));
        }
        return SymbolicShape.of(common);
    }

    private static Dim dim(Dim left, Dim right, SymbolicShape a, SymbolicShape b) {
        if (left.is(1) || left.sameAs(right)) {
            return right;
        }
        if (right.is(1)) {
            return left;
        }
        if (!left.mayEqual(right)) {
            throw new ShapeException("operands of shapes " + a + " and " + b + " cannot be broadcast to each other; "
                    + "expected equal dimensions or 1, found " + left + " and " + right
                    + "; check the shapes of the model's inputs");
        }
        // A number above 1 wins over a symbol: the symbol must be that number, or 1.
        if (left.isKnown() || right.isKnown()) {
            return left.isKnown() ? left : right;
        }
        return Dim.UNKNOWN;
    }

    /// The common shape of two concrete operands.
    public static Shape shape(Shape a, Shape b) {
        return shape(SymbolicShape.of(a), SymbolicShape.of(b)).known().orElseThrow();
    }

    /// The common shape of any number of concrete operands.
    public static Shape shape(List<Shape> operands) {
        return operands.stream().reduce(Shape.scalar(), Broadcasting::shape);
    }
}
