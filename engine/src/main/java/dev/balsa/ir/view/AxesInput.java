package dev.balsa.ir.view;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.NodeReader;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The second input of [Squeeze] and [Unsqueeze]: axis numbers, an attribute before opset 13.
final class AxesInput {
    private AxesInput() {}

    /// Brings the attribute form to the input form.
    static void read(NodeReader node) {
        if (node.opset() < 13 && node.has("axes")) {
            var axes = node.integers("axes").stream().mapToLong(Long::longValue).toArray();
            node.setInput(1, node.constant(Tensor.of(axes, axes.length)));
        }
    }

    /// Which of `rank` dimensions are named.
    ///
    /// @throws ShapeException if an axis does not exist or is named twice
    static boolean[] marks(List<Long> axes, int rank) {
        var marks = new boolean[rank];
        for (long axis : axes) {
            int at = Axes.normalize(axis, rank);
            if (marks[at]) {
                throw new ShapeException("axes " + axes + " for rank " + rank + ": axis " + at
                        + " is named twice; expected every axis at most once; check the axes input");
            }
            marks[at] = true;
        }
        return marks;
    }
}
