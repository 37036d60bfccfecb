package dev.balsa.kernel.gemm;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.RowProduct;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;

/// Products with one constant matrix on the right, packed once, in machine code: products of any family.
public final class ConstantGemmKernel implements Kernel<GemmRequest> {
    private final ProductFamily family;

    /// The kernel with products of a family.
    public ConstantGemmKernel(ProductFamily family) {
        this.family = family;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(family.isa().label() + "_gemm_" + family.type(), family.isa());
    }

    @Override
    public boolean supports(GemmRequest request) {
        long rows = (long) request.batch() * request.m();
        return rows > 0
                && rows <= Integer.MAX_VALUE
                && request.n() > 0
                && request.k() > 0
                && request.b().constant().isPresent()
                && request.b().isShared()
                && !request.a().transposed()
                && RowPlaces.fits((double) rows * request.n())
                && RowPlaces.fits(request.a().offsets().stream()
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0)
                        + (double) request.m() * request.a().rowStride())
                && family.supports(
                        new ProductFamily.Size(rows, request.n(), 1, request.k()),
                        request.epilogue().stages());
    }

    @Override
    public Work prepare(GemmRequest request, Constants constants) {
        return new ConstantGemmWork(request, family, constants);
    }

    private static final class ConstantGemmWork implements CodeWork {
        private final int output;
        private final RowProduct product;

        ConstantGemmWork(GemmRequest request, ProductFamily family, Constants constants) {
            output = request.output();
            int count = request.batch() * request.m();
            var left = request.a();
            var rows = RowPlaces.of(
                    count, row -> left.offsets().get(row / request.m()) + row % request.m() * left.rowStride());
            var b = request.b();
            product = family.prepare(
                    new TileProduct.Request(
                            rows,
                            new Depth(List.of(new Depth.Segment(0, request.k()))),
                            (long) request.k() * Float.BYTES,
                            request.n(),
                            request.epilogue().stages(),
                            RowPlaces.even(count, request.n()),
                            TileProduct.ENOUGH_PARTS),
                    new TileProduct.Right(
                            b.constant().orElseThrow(),
                            List.of(b.offsets().getFirst()),
                            request.k(),
                            b.rowStep(),
                            b.columnStep(),
                            request.alpha()),
                    constants);
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
            product.multiply(frame, frame.operand(0), 0, frame.operand(output), 0, from, to);
        }
    }
}
