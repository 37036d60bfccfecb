package dev.balsa.ir.elementwise;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.view.Reshape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Brings the broadcasting of opsets below 7 (attributes `broadcast` and `axis`) to today's: the second operand gets
/// trailing dimensions of length 1 so that it lines up with dimension `axis` of the first.
final class LegacyBroadcast {
    private LegacyBroadcast() {}

    static void align(NodeReader node) {
        if (node.opset() >= 7 || node.integer("broadcast", 0) == 0 || !node.has("axis")) {
            return;
        }
        var first = node.input(0).type().shape();
        var second = node.input(1).type().shape();
        if (!first.hasRank() || !second.hasRank()) {
            throw node.unsupported("broadcasting along an axis (opset below 7) between operands of unknown rank");
        }
        long axis = node.integer("axis");
        long trailing = first.rank() - (axis < 0 ? axis + first.rank() : axis) - second.rank();
        if (trailing < 0 || trailing > first.rank() - second.rank()) {
            throw node.malformed("attribute \"axis\" is " + axis + ", but operands of rank " + first.rank() + " and "
                    + second.rank() + " cannot be lined up there");
        }
        append(node, second, (int) trailing);
    }

    /// Lines up a vector of one number per channel (the second operand) with dimension 1 of the first; a single
    /// number needs no lining up.
    static void alignChannels(NodeReader node) {
        var first = node.input(0).type().shape();
        var second = node.input(1).type().shape();
        if (second.hasRank() && (second.rank() != 1 || second.dim(0).is(1))) {
            return;
        }
        if (!first.hasRank() || !second.hasRank()) {
            throw node.unsupported("numbers per channel (opset below 7) for an operand of unknown rank");
        }
        append(node, second, Math.max(0, first.rank() - 2));
    }

    /// Gives the second operand so many trailing dimensions of length 1.
    private static void append(NodeReader node, SymbolicShape second, int trailing) {
        if (trailing > 0) {
            // Reshape copies a dimension where the new shape says 0 (allowzero = false).
            var shape = new long[second.rank() + trailing];
            Arrays.fill(shape, second.rank(), shape.length, 1);
            var target = node.constant(Tensor.of(shape, shape.length));
            node.setInput(1, node.insert(new Reshape(false), List.of(node.input(1), target)));
        }
    }
}
