package dev.balsa.kernel.gemm;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.IntegerFactors;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A product of integers as one of pairs or quads: the rows of a part become such in the worker's memory, where they
/// stay in a second-level cache while panels go by. Rows that are quads already are read where they are.
public final class IntegerGemmWork implements CodeWork {
    private static final long CACHED = 192L << 10;
    private static final int LEAST_ROWS = 32;
    private static final long ALIGNMENT = 64;

    private final IntegerGemmRequest request;
    private final IntegerFactors factors;
    private final TileProduct product;
    /// How rows become elements, or nothing if they are read as they are.
    private final Optional<Widening> widening;
    /// Elements of a row.
    private final int elements;
    private final long bandBytes;

    /// Prepares a request that [IntegerGemmKernel] supports.
    public IntegerGemmWork(IntegerGemmRequest request, IntegerFactors factors, VectorUnit unit, Constants constants) {
        this.request = request;
        this.factors = factors;
        elements = Math.ceilDiv(request.depth(), factors.together());
        product = factors.product(unit, product(), request.result(), request.right(), constants);
        widening = areQuads(request, factors)
                ? Optional.empty()
                : Optional.of(factors.widening(unit, request.signed(), request.zeroPoint(), constants));
        int most = 0;
        for (int part = 0; part < product.parts() && widening.isPresent(); part++) {
            most = Math.max(most, product.endRow(part) - product.firstRow(part));
        }
        bandBytes = most * rowBytes() + TileProduct.LEAST_QUADS * Integer.BYTES;
    }

    /// Whether rows are read where they are.
    private static boolean areQuads(IntegerGemmRequest request, IntegerFactors factors) {
        return factors == IntegerFactors.QUADS
                && !request.signed()
                && request.depth() % factors.together() == 0
                && request.depth() >= TileProduct.LEAST_QUADS * factors.together();
    }

    private TileProduct.Request product() {
        int columns = request.right().columns();
        return new TileProduct.Request(
                RowPlaces.even(request.rows(), elements),
                new Depth(List.of(new Depth.Segment(0, elements))),
                rowBytes(),
                columns,
                request.epilogue().stages(),
                RowPlaces.even(request.rows(), columns),
                TileProduct.ENOUGH_PARTS,
                Math.toIntExact(Math.max(LEAST_ROWS, CACHED / rowBytes())),
                Sight.PLAIN);
    }

    private long rowBytes() {
        return (long) elements * Integer.BYTES;
    }

    @Override
    public int units(int phase) {
        return product.parts();
    }

    @Override
    public long workerBytes() {
        return bandAt() + bandBytes;
    }

    private long bandAt() {
        long arguments = Math.max(product.scratchBytes(), Widening.argumentBytes());
        return Math.ceilDiv(arguments, ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (factors == IntegerFactors.QUADS) {
            int zeroPoint = Widening.unsignedZeroPoint(frame, request.signed(), request.zeroPoint());
            TileProduct.tellZeroPoint(frame.scratch(), zeroPoint);
        }
        int prepared = -1;
        for (int part = from; part < to; part++) {
            int first = product.firstRow(part);
            var left = widening.isPresent() ? frame.scratch() : frame.operand(0);
            long shift = widening.isPresent() ? bandAt() / Integer.BYTES - (long) first * elements : 0;
            if (first != prepared) {
                prepared = first;
                prepare(frame, part, left, shift);
            }
            product.multiply(frame, left, shift, frame.operand(request.output()), 0, part);
        }
    }

    private void prepare(Frame frame, int part, MemorySegment left, long shift) {
        if (widening.isPresent()) {
            int first = product.firstRow(part);
            widen(
                    widening.get(),
                    frame,
                    first,
                    product.endRow(part) - first,
                    frame.scratch().address() + bandAt());
        }
        product.prepareRows(frame, left, shift, part);
    }

    private void widen(Widening widening, Frame frame, int first, int rows, long target) {
        int depth = request.depth();
        long source = frame.operand(0).address() + (long) first * depth;
        if (depth % factors.together() == 0) {
            widening.run(frame, source, 0, target, 0, 1, (long) rows * depth);
        } else {
            widening.run(frame, source, depth, target, rowBytes(), rows, depth);
        }
    }
}
