package dev.balsa.rewrite;

import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.assembly.Assembly;
import dev.balsa.ir.attention.Attending;
import dev.balsa.ir.contraction.Contraction;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.fusion.Fusion;
import dev.balsa.ir.indexing.Indexing;
import dev.balsa.ir.leaf.Leaf;
import dev.balsa.ir.normalization.Normalization;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.Quantization;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.recurrent.Recurrent;
import dev.balsa.ir.reduction.Reduction;
import dev.balsa.ir.selection.Selection;
import dev.balsa.ir.signal.Signal;
import dev.balsa.ir.view.View;
import dev.balsa.ir.window.Window;
import dev.balsa.tensor.Shape;
import java.util.List;

/// How much may be computed ahead of the runs: a damaged or hostile model must not fill the memory or take minutes
/// while it is loaded or planned. Not thread-safe.
///
/// Work is counted in elements read and written, so that the same model is always folded in the same way; where the
/// plain definition may touch every input element for every output element, in pairs of these.
public final class FoldingBudget {
    /// Results beyond these many bytes stay to be computed in the run: no weight of a model that fits a machine is
    /// that large.
    public static final long MOST_BYTES = 256L << 20;

    /// Enough for the weights of a network of 40 million parameters that computes them in eight steps each.
    private static final long MOST_WORK = 640_000_000;

    private long left = MOST_WORK;

    /// Takes what the node needs off the budget.
    ///
    /// @param inputs the shapes of the constants that it reads
    /// @param outputs what is known of its results
    /// @return false, with nothing taken, if the node is to be computed in the run
    public boolean take(Op op, List<Shape> inputs, List<TensorType> outputs) {
        long read = inputs.stream().mapToLong(Shape::size).sum();
        long written = 0;
        for (var type : outputs) {
            var shape = type.shape().known();
            long size = shape.map(Shape::size).orElse(0L);
            if (size > MOST_BYTES || type.dtype().bytes(size) > MOST_BYTES) {
                return false;
            }
            written += size;
        }
        double work = isLinear(op)
                ? (double) read + written
                : (double) inputs.stream().mapToLong(Shape::size).max().orElse(1) * Math.max(written, read);
        if (work > left) {
            return false;
        }
        left -= (long) work;
        return true;
    }

    /// Whether the plain definition takes a number of steps for each element, however many others there are.
    private static boolean isLinear(Op op) {
        return switch (op) {
            case Elementwise _, View _, Leaf _, Assembly _, Indexing _, Reduction _, Normalization _ -> true;
            case Quantization quantization ->
                quantization instanceof DequantizeLinear || quantization instanceof QuantizeLinear;
            case Attending _, Contraction _, Control _, Fusion _, Recurrent _, Selection _, Signal _, Window _ -> false;
        };
    }
}
