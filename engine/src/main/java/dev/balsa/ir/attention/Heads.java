package dev.balsa.ir.attention;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Tensor;

/// The dimensions of a tensor of heads.
///
/// @param packed whether its shape is `[batch, length, heads * size]` and not `[batch, heads, length, size]`
record Heads(boolean packed, Dim batch, Dim heads, Dim length, Dim size) {
    /// Sees a shape of rank 3 or 4 as heads.
    ///
    /// @param subject how messages name the tensor
    /// @param heads the number of heads, for shapes that do not tell it; 0 if it is not known
    static Heads of(String subject, SymbolicShape shape, long heads) {
        if (shape.rank() == 4) {
            return new Heads(false, shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3));
        }
        if (shape.rank() != 3 || heads < 1) {
            throw new ShapeException(subject
                    + ": expected rank 4 (batch, heads, length, size), or rank 3 (batch, length, "
                    + "heads * size) and an attribute that gives the number of heads, found shape " + shape + " and "
                    + heads + " heads");
        }
        var hidden = shape.dim(2);
        if (hidden.isKnown() && hidden.get() % heads != 0) {
            throw new ShapeException(
                    subject + ": expected a last dimension that " + heads + " heads divide, found shape " + shape);
        }
        return new Heads(true, shape.dim(0), Dim.of(heads), shape.dim(1), hidden.dividedBy(Dim.of(heads)));
    }

    /// The shape of heads of these dimensions.
    SymbolicShape shape() {
        return packed
                ? SymbolicShape.of(batch, length, heads.times(size))
                : SymbolicShape.of(batch, heads, length, size);
    }

    /// The flat index of the first element of a vector; all dimensions must be known.
    long index(long inBatch, long head, long position) {
        long vector = packed
                ? (inBatch * length.get() + position) * heads.get() + head
                : (inBatch * heads.get() + head) * length.get() + position;
        return vector * size.get();
    }

    /// Copies all vectors of one head to rows of a matrix, from row `row` on.
    void read(Tensor tensor, long inBatch, long head, double[] matrix, int row) {
        int width = Math.toIntExact(size.get());
        for (int i = 0; i < length.get(); i++) {
            long from = index(inBatch, head, i);
            for (int d = 0; d < width; d++) {
                matrix[(row + i) * width + d] = tensor.getDouble(from + d);
            }
        }
    }

    /// Checks that two dimensions may be the same.
    static void same(String what, Dim a, Dim b) {
        if (!a.mayEqual(b)) {
            throw new ShapeException(what + " differ; expected " + a + ", found " + b + "; check the inputs");
        }
    }

    /// Checks the number of heads that an attribute gives; 0 stands for a missing attribute.
    static void checkCount(String attribute, long count) {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attribute \"" + attribute + "\": expected 0 to 2147483647, found " + count + "; check the model");
        }
    }
}
