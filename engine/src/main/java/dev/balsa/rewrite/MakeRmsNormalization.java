package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.normalization.RmsNormalization;
import java.util.Optional;

/// x / sqrt(mean(x * x) + epsilon) over the last dimensions, times a constant, becomes RMSNormalization: the form
/// that exporters give RMS norm below opset 23. The division may be a product with a reciprocal, the square a
/// power or a product, the constant missing or multiplied with the reciprocal before.
public final class MakeRmsNormalization implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        return RootMeanSquare.through(node, view)
                .flatMap(root -> root.quotient(view)
                        .filter(rows -> rows.x().equals(root.squared()))
                        .flatMap(rows -> rows.scaled(view).patch(name(), op(root), view)));
    }

    private static RmsNormalization op(RootMeanSquare root) {
        return new RmsNormalization(root.axis() - root.squared().type().shape().rank(), root.epsilon());
    }
}
