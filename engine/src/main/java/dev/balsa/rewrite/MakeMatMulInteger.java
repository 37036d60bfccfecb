package dev.balsa.rewrite;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A product of dequantised rows with a dequantised constant matrix, be it a MatMul or a Gemm, becomes one of the
/// integers (MatMulInteger), whose sums are then multiplied by the scales, before what a Gemm adds is added. Sums
/// are exact, those of floats were not.
public final class MakeMatMulInteger implements Rule {
    /// Rows that are turned at once: a line of the cache, if they are not very long.
    private static final int BAND = 64;

    private static final int MOST_BYTES = 4 << 20;

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
        var straight = transposed ? Optional.of(transposed(matrix.get())) : Optional.<Tensor>empty();
        var data = straight.map(tensor -> new Value(node.output(0).name() + ".matrix", TensorType.of(tensor)))
                .orElse(right.get().data());
        var inputs = List.of(
                left.get().data(), data, left.get().zeroPoint(), right.get().zeroPoint());
        var chain = new SumChain(node, new MatMulInteger(), inputs);
        straight.ifPresent(tensor -> chain.constant("matrix", tensor));
        chain.scale(count == 1 ? factors.reshaped(Shape.scalar()) : factors);
        if (node.input(2).isPresent()) {
            chain.add(node.input(2));
        }
        return Optional.of(chain.patch(name() + " " + node.label()));
    }

    /// The matrix with rows and columns swapped, some rows at a time, by way of arrays.
    private static Tensor transposed(Tensor matrix) {
        long rows = matrix.shape().dim(0);
        int columns = Math.toIntExact(matrix.shape().dim(1));
        var turned = Tensor.allocate(matrix.type(), Shape.of(columns, rows));
        int most = Math.clamp(MOST_BYTES / Math.max(1, columns), 1, BAND);
        var band = new byte[most * columns];
        var column = new byte[most];
        for (long row = 0; row < rows; row += most) {
            int height = (int) Math.min(most, rows - row);
            MemorySegment.copy(matrix.memory(), JAVA_BYTE, row * columns, band, 0, height * columns);
            for (int i = 0; i < columns; i++) {
                gather(band, i, columns, column, height);
                MemorySegment.copy(column, 0, turned.memory(), JAVA_BYTE, i * rows + row, height);
            }
        }
        return turned;
    }

    /// A method of its own, since the JVM compiles what is called often sooner than what loops long.
    private static void gather(byte[] from, int start, int step, byte[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = from[start + i * step];
        }
    }
}
