package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A product of dequantised rows with a dequantised constant matrix, be it a MatMul or a Gemm, becomes one of the
/// integers (MatMulInteger), whose sums are then multiplied by the scales, before what a Gemm adds is added. Sums
/// are exact, those of floats were not.
public final class MakeMatMulInteger implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        return switch (node.op()) {
            case MatMul _ -> match(node, false, view);
            case Gemm op when op.alpha() == 1 && op.beta() == 1 && !op.transA() -> match(node, op.transB(), view);
            default -> Optional.empty();
        };
    }

    private Optional<Patch> match(Node node, boolean transposed, GraphView view) {
        var left = Dequantized.of(node.input(0), view)
                .filter(Dequantized::isWhole)
                .filter(made -> made.data().type().shape().hasRank()
                        && made.data().type().shape().rank() >= 2);
        var right = Dequantized.of(node.input(1), view);
        var matrix = right.flatMap(made -> view.constant(made.data()))
                .filter(tensor -> tensor.shape().rank() == 2);
        if (left.isEmpty() || matrix.isEmpty() || !right.get().isAlong(transposed ? 0 : 1, 2)) {
            return Optional.empty();
        }
        int count = (int) right.get().scale().size();
        var factors = Tensor.of(new float[count], count);
        for (int i = 0; i < count; i++) {
            factors.setDouble(i, left.get().scaleAt(0) * right.get().scaleAt(i));
        }
        if (!Dequantized.isFinite(factors)) {
            return Optional.empty();
        }
        var straight = new Value(
                node.output(0).name() + ".matrix",
                transposed
                        ? TensorType.of(transposed(matrix.get()))
                        : right.get().data().type());
        var inputs = List.of(
                left.get().data(),
                transposed ? straight : right.get().data(),
                left.get().zeroPoint(),
                right.get().zeroPoint());
        var chain = new SumChain(node, new MatMulInteger(), inputs);
        if (transposed) {
            chain.constant("matrix", transposed(matrix.get()));
        }
        chain.scale(count == 1 ? factors.reshaped(Shape.scalar()) : factors);
        if (node.input(2).isPresent()) {
            chain.add(node.input(2));
        }
        return Optional.of(chain.patch(name() + " " + node.label()));
    }

    private static Tensor transposed(Tensor matrix) {
        long rows = matrix.shape().dim(0);
        long columns = matrix.shape().dim(1);
        var turned = Tensor.allocate(matrix.type(), Shape.of(columns, rows));
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                turned.setLong(column * rows + row, matrix.getLong(row * columns + column));
            }
        }
        return turned;
    }
}
