package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A MaxPool of 8-bit integers becomes one of floats, which hold them exactly, between conversions.
public final class SpreadBytePool implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof MaxPool)
                || !Dequantized.isByte(node.input(0))
                || node.outputs().size() > 1) {
            return Optional.empty();
        }
        var stem = node.output(0).name();
        var one = Tensor.of(new float[] {1}, 1).reshaped(Shape.scalar());
        var scale = new Value(stem + ".one", TensorType.of(one));
        var input = new Value(stem + ".floats", node.input(0).type().withType(DataType.FLOAT32));
        var output = new Value(stem + ".pooled", node.output(0).type().withType(DataType.FLOAT32));
        var type = node.input(0).type().dtype();
        return Optional.of(new Patch(
                name() + " " + node.label(),
                List.of(node),
                List.of(
                        new Node(
                                "floats of " + stem,
                                new DequantizeLinear(1, 0, Optional.empty()),
                                List.of(node.input(0), scale),
                                List.of(input)),
                        new Node(node.name(), node.op(), List.of(input), List.of(output)),
                        new Node(
                                "rounded of " + stem,
                                new QuantizeLinear(1, 0, type, Optional.empty()),
                                List.of(output, scale),
                                node.outputs())),
                Map.of(scale, one),
                Map.of()));
    }
}
