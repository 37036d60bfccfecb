package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.HardSigmoid;
import dev.balsa.ir.elementwise.HardSwish;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Swish;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// x times sigmoid(x) becomes Swish, x times hard sigmoid(x) of slope 1/6 becomes HardSwish, as exporters write SiLU
/// and hard-swish layers.
public final class MakeSwish implements Rule {
    /// HardSwish is x * max(0, min(1, x / 6 + 0.5)) (ONNX HardSwish, opset 14); exporters write 1/6 with few
    /// digits.
    private static final double SLOPE_ERROR = 1e-6;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Mul) || node.output(0).type().dtype() != DataType.FLOAT32) {
            return Optional.empty();
        }
        return match(node, node.input(0), node.input(1), view)
                .or(() -> match(node, node.input(1), node.input(0), view));
    }

    private Optional<Patch> match(Node node, Value x, Value gate, GraphView view) {
        var producer = view.producer(gate).filter(made -> made.input(0).equals(x));
        return producer.flatMap(made -> activation(made.op()))
                .map(op -> Patch.fuse(
                        name() + " " + node.label(),
                        view.soleConsumer(gate).isPresent() ? List.of(node, producer.get()) : List.of(node),
                        new Node(node.name(), op, List.of(x), node.outputs())));
    }

    private static Optional<Op> activation(Op gate) {
        return switch (gate) {
            case Sigmoid _ -> Optional.of(new Swish(1));
            case HardSigmoid(float alpha, float beta)
            when Math.abs(alpha - 1 / 6.0) < SLOPE_ERROR && beta == 0.5f -> Optional.of(new HardSwish());
            default -> Optional.empty();
        };
    }
}
