package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.quantization.QLinearAdd;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The sum of two dequantised tensors of one type and shape, quantised to the same type, becomes a QLinearAdd,
/// which is defined by the same arithmetic. A Relu in between goes, if the zero point is the least number of the
/// type.
public final class MakeQLinearAdd implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QuantizeLinear op) || op.precision().isPresent()) {
            return Optional.empty();
        }
        var type = op.to();
        var scale = view.constant(node.input(1)).filter(MakeQLinearAdd::isOrdinary);
        var zero = node.input(2).isPresent()
                ? view.constant(node.input(2)).map(tensor -> tensor.getLong(0))
                : Optional.of(0L);
        if (!Dequantized.isByte(node.output(0)) || scale.isEmpty() || zero.isEmpty()) {
            return Optional.empty();
        }
        var removed = new ArrayList<>(List.of(node));
        var producer = producer(node.input(0), view);
        if (producer.filter(made -> made.op() instanceof Relu).isPresent() && zero.get() == type.minValue()) {
            removed.add(producer.get());
            producer = producer(producer.get().input(0), view);
        }
        var add = producer.filter(made -> made.op() instanceof Add);
        if (add.isEmpty()) {
            return Optional.empty();
        }
        removed.add(add.get());
        var a = Dequantized.of(add.get().input(0), view).filter(MakeQLinearAdd::isOrdinary);
        var b = Dequantized.of(add.get().input(1), view).filter(MakeQLinearAdd::isOrdinary);
        boolean fits = a.isPresent()
                && b.isPresent()
                && a.get().data().type().equals(b.get().data().type())
                && a.get().data().type().dtype() == type;
        return fits
                ? Optional.of(Patch.fuse(
                        name() + " " + add.get().label(), removed, fused(node, add.get(), a.get(), b.get(), view)))
                : Optional.empty();
    }

    private static Node fused(Node node, Node add, Dequantized a, Dequantized b, GraphView view) {
        var inputs = List.of(
                a.data(),
                scale(add.input(0), view),
                a.zeroPoint(),
                b.data(),
                scale(add.input(1), view),
                b.zeroPoint(),
                node.input(1),
                node.input(2));
        return new Node(add.name(), new QLinearAdd(), inputs, node.outputs());
    }

    private static Value scale(Value dequantized, GraphView view) {
        return view.producer(dequantized).orElseThrow().input(1);
    }

    private static Optional<Node> producer(Value value, GraphView view) {
        return view.soleConsumer(value).isPresent() ? view.producer(value) : Optional.empty();
    }

    private static boolean isOrdinary(Dequantized made) {
        return isOrdinary(made.scale());
    }

    private static boolean isOrdinary(Tensor scale) {
        return scale.size() == 1 && Dequantized.isFinite(scale) && scale.getFloat(0) > 0;
    }
}
