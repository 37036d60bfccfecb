package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QLinearMatMul;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A QLinearMatMul with a constant matrix on the right and constant scales, one for the left factor and one for
/// the result, becomes what it is defined to be: exact sums (MatMulInteger), the factor that brings them to the
/// scale of the result, in single precision, and rounding.
public final class SpreadQLinearMatMul implements Rule {
    private static final int RIGHT = 3;
    private static final int RIGHT_SCALE = 4;
    private static final int RIGHT_ZERO = 5;
    private static final int RESULT_SCALE = 6;
    private static final int RESULT_ZERO = 7;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        var right =
                view.constant(node.input(RIGHT)).filter(matrix -> matrix.shape().rank() == 2);
        if (!(node.op() instanceof QLinearMatMul) || right.isEmpty()) {
            return Optional.empty();
        }
        long columns = right.get().shape().dim(1);
        var left = one(node.input(1), view);
        var scale = view.constant(node.input(RIGHT_SCALE))
                .filter(tensor -> tensor.type() == DataType.FLOAT32
                        && (tensor.size() == 1 || tensor.shape().rank() == 1 && tensor.size() == columns));
        var result = one(node.input(RESULT_SCALE), view);
        var zero = view.constant(node.input(RESULT_ZERO)).filter(tensor -> tensor.size() == 1);
        boolean isMatrix = node.input(0).type().shape().hasRank()
                && node.input(0).type().shape().rank() >= 2;
        if (!isMatrix || left.isEmpty() || scale.isEmpty() || result.isEmpty() || zero.isEmpty()) {
            return Optional.empty();
        }
        int count = (int) scale.get().size();
        var factors = Tensor.of(new float[count], count);
        for (int i = 0; i < count; i++) {
            factors.setDouble(
                    i,
                    left.get().getFloat(0)
                            * scale.get().getFloat(i)
                            / result.get().getFloat(0));
        }
        if (!Dequantized.isFinite(factors)) {
            return Optional.empty();
        }
        var inputs = List.of(node.input(0), node.input(RIGHT), node.input(2), node.input(RIGHT_ZERO));
        return Optional.of(new SumChain(node, new MatMulInteger(), inputs)
                .scale(count == 1 ? factors.reshaped(Shape.scalar()) : factors)
                .quantize(node.input(RESULT_ZERO), zero.get().shape())
                .patch(name() + " " + node.label()));
    }

    private static Optional<Tensor> one(Value value, GraphView view) {
        return view.constant(value).filter(tensor -> tensor.type() == DataType.FLOAT32 && tensor.size() == 1);
    }
}
