package dev.balsa.kernel.gemm;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.BatchProduct;
import dev.balsa.kernel.tile.BatchProduct.Constant;
import dev.balsa.kernel.tile.BatchProduct.Factor;
import dev.balsa.kernel.tile.PanelWeights;
import dev.balsa.tensor.Precision;
import java.util.stream.Stream;

/// Products in machine code. A constant matrix on the right is packed once.
public final class TileGemmKernel implements Kernel<GemmRequest> {
    /// Rows for which weights are better read in few bytes: with more, the floats serve products of any number.
    private static final int FEW_ROWS = 4;
    /// Fewer weights stay in the second-level cache, from which they come faster than they are widened.
    private static final long LEAST_BYTES = 1 << 20;

    private final VectorUnit unit;
    private final Precision precision;
    private final PanelWeights weights;
    private final boolean decodes;

    private TileGemmKernel(VectorUnit unit, Precision precision, PanelWeights weights, boolean decodes) {
        this.unit = unit;
        this.precision = precision;
        this.weights = weights;
        this.decodes = decodes;
    }

    /// The kernel for a vector unit.
    ///
    /// @param precision where it is [Precision#EXACT], long sums are split, so that their errors are those of short
    ///     sums
    public TileGemmKernel(VectorUnit unit, Precision precision) {
        this(unit, precision, PanelWeights.FLOATS, false);
    }

    /// The kernel for products with many constant weights, in as few bytes as a precision allows: of few rows,
    /// which wait for weights more than for multiplications.
    ///
    /// @param precision not [Precision#EXACT]
    /// @param decodes whether most products will be of single rows: then those of more have the same weights
    public static TileGemmKernel ofFewBytes(VectorUnit unit, Precision precision, boolean decodes) {
        var weights = precision == Precision.BF16 ? PanelWeights.TWO_BYTES : PanelWeights.THREE_BYTES;
        return new TileGemmKernel(unit, precision, weights, decodes);
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_gemm_" + weights.type(), unit.isa());
    }

    @Override
    public boolean supports(GemmRequest request) {
        return BatchProduct.supports(unit, product(request, true))
                && (weights == PanelWeights.FLOATS || hasManyWeights(request));
    }

    private boolean hasManyWeights(GemmRequest request) {
        return request.b().constant().isPresent()
                && request.b().isShared()
                && BatchProduct.packs(unit, request.n(), request.k())
                && (long) request.n() * request.k() * Float.BYTES >= LEAST_BYTES
                && (decodes || (long) request.batch() * request.m() <= FEW_ROWS);
    }

    @Override
    public Work prepare(GemmRequest request, Constants constants) {
        return new TileGemmWork(request, unit, precision, weights, constants);
    }

    /// @param scales whether `alpha` is left to the epilogue
    private static BatchProduct.Request product(GemmRequest request, boolean scales) {
        var stages = request.epilogue().stages();
        if (scales && request.alpha() != 1) {
            var alpha = new Stage.Unary(UnaryFunction.AFFINE, request.alpha(), 0);
            stages = Stream.concat(Stream.of(alpha), stages.stream()).toList();
        }
        var left = factor(request.a());
        var right = factor(request.b());
        int rows = request.m();
        if (isOneMatrix(request)) {
            rows *= request.batch();
            left = new Factor(left.offsets().subList(0, 1), left.rowStep(), left.columnStep());
            right = new Factor(right.offsets().subList(0, 1), right.rowStep(), right.columnStep());
        }
        return new BatchProduct.Request(rows, request.n(), request.k(), left, right, stages);
    }

    private static Factor factor(GemmOperand operand) {
        return new Factor(operand.offsets(), operand.rowStep(), operand.columnStep());
    }

    /// Whether all batches multiply by the same matrix, and their rows follow each other like those of one matrix.
    private static boolean isOneMatrix(GemmRequest request) {
        var offsets = request.a().offsets();
        if (request.batch() < 2
                || !request.b().isShared()
                || (double) request.batch() * request.m() > Integer.MAX_VALUE) {
            return false;
        }
        long step = request.m() * request.a().rowStep();
        for (int i = 1; i < offsets.size(); i++) {
            if (offsets.get(i) - offsets.get(i - 1) != step) {
                return false;
            }
        }
        return true;
    }

    private static final class TileGemmWork implements CodeWork {
        private final int output;
        private final BatchProduct product;

        TileGemmWork(
                GemmRequest request, VectorUnit unit, Precision precision, PanelWeights weights, Constants constants) {
            output = request.output();
            var constant = request.b()
                    .constant()
                    .filter(_ -> request.b().isShared())
                    .map(memory -> new Constant(memory, request.alpha(), weights))
                    .filter(_ -> BatchProduct.packs(unit, request.n(), request.k()));
            product = new BatchProduct(unit, product(request, constant.isEmpty()), precision, constant, constants);
        }

        @Override
        public int units(int phase) {
            return product.parts();
        }

        @Override
        public long workerBytes() {
            return product.scratchBytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int unit = from; unit < to; unit++) {
                product.multiply(frame, frame.operand(0), frame.operand(1), frame.operand(output), unit);
            }
        }
    }
}
