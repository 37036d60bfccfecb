package dev.balsa.newcomer;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Log;
import dev.balsa.ir.elementwise.Softplus;
import dev.balsa.rewrite.GraphView;
import dev.balsa.rewrite.Patch;
import dev.balsa.rewrite.Rule;
import java.util.List;
import java.util.Optional;

/// log(exp(x) + 1) becomes Softplus, which does not overflow on the way. The example of a new fusion.
///
/// The anchor is the last node of the pattern; what lies before it is found through the view. A node goes only if
/// nobody else uses its result.
public final class MakeSoftplus implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Log)) {
            return Optional.empty();
        }
        var sum = inner(node.input(0), view).filter(made -> made.op() instanceof Add);
        return sum.flatMap(add -> match(node, add, add.input(0), add.input(1), view)
                .or(() -> match(node, add, add.input(1), add.input(0), view)));
    }

    private Optional<Patch> match(Node log, Node add, Value power, Value one, GraphView view) {
        if (!isOne(one, view)) {
            return Optional.empty();
        }
        return inner(power, view)
                .filter(made -> made.op() instanceof Exp)
                .map(exp -> Patch.fuse(
                        name() + " " + log.label(),
                        List.of(exp, add, log),
                        new Node(log.name(), new Softplus(), List.of(exp.input(0)), log.outputs())));
    }

    /// The node that makes a value which nobody else uses.
    private static Optional<Node> inner(Value value, GraphView view) {
        return view.soleConsumer(value).flatMap(_ -> view.producer(value));
    }

    /// A constant of one element, of a rank that cannot widen the sum.
    private static boolean isOne(Value value, GraphView view) {
        return view.constant(value)
                .filter(tensor -> tensor.shape().rank() == 0 && tensor.getDouble(0) == 1)
                .isPresent();
    }
}
