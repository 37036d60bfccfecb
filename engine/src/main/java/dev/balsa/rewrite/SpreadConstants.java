package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Constants that elementwise operators repeat every few elements, as those of colours or of anchors, are written out
/// in the shape of the result: kernels go along what all operands have in one piece, and a piece of a few elements
/// takes as long as one of many. For floats, and results of moderate size.
public final class SpreadConstants implements Rule {
    /// Of as many elements, pieces are worth it: a vector of the widest unit.
    private static final long LEAST_PIECE = 16;
    /// Larger constants take more memory traffic than they save.
    private static final long MOST_ELEMENTS = 1 << 20;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(core(node) instanceof Elementwise)
                || !node.output(0).type().shape().isKnown()) {
            return Optional.empty();
        }
        var result = node.output(0).type().shape().known().orElseThrow();
        if (result.size() < LEAST_PIECE || result.size() > MOST_ELEMENTS) {
            return Optional.empty();
        }
        var inputs = new ArrayList<Value>();
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        for (var input : node.inputs()) {
            if (!input.isPresent() || !input.type().shape().isKnown()) {
                return Optional.empty();
            }
            if (piece(input.type().shape().known().orElseThrow(), result) >= LEAST_PIECE) {
                inputs.add(input);
                continue;
            }
            var tensor = view.constant(input).filter(constant -> constant.type() == DataType.FLOAT32);
            if (tensor.isEmpty()) {
                return Optional.empty();
            }
            var spread = spread(tensor.get(), result);
            var value = new Value(node.output(0).name() + "." + input.name(), TensorType.of(spread));
            constants.put(value, spread);
            inputs.add(value);
        }
        return constants.isEmpty()
                ? Optional.empty()
                : Optional.of(new Patch(
                        name() + " " + node.label(),
                        List.of(node),
                        List.of(new Node(node.name(), node.op(), inputs, node.outputs())),
                        constants,
                        Map.of()));
    }

    private static Op core(Node node) {
        return node.op() instanceof Fused fused ? fused.core() : node.op();
    }

    /// Elements of a result for which an operand has as many that follow each other, or only one.
    private static long piece(Shape operand, Shape result) {
        long piece = 1;
        boolean isOne = false;
        for (int back = 1; back <= result.rank(); back++) {
            long length = result.dim(-back);
            long own = back <= operand.rank() ? operand.dim(-back) : 1;
            if (length > 1 && piece > 1 && isOne != (own == 1)) {
                return piece;
            }
            isOne = length > 1 ? own == 1 : isOne;
            piece *= length;
        }
        return piece;
    }

    /// A tensor repeated to a shape of the same rank or more.
    static Tensor spread(Tensor tensor, Shape result) {
        var steps = new long[result.rank()];
        long step = 1;
        for (int back = 1; back <= tensor.shape().rank(); back++) {
            long own = tensor.shape().dim(-back);
            steps[steps.length - back] = own == 1 ? 0 : step;
            step *= own;
        }
        var spread = Tensor.allocate(tensor.type(), result);
        var place = new long[result.rank()];
        long from = 0;
        for (long to = 0; to < result.size(); to++) {
            spread.copyElement(to, tensor, from);
            for (int axis = place.length - 1; axis >= 0; axis--) {
                from += steps[axis];
                if (++place[axis] < result.dim(axis)) {
                    break;
                }
                from -= steps[axis] * place[axis];
                place[axis] = 0;
            }
        }
        return spread;
    }
}
