package dev.balsa.kernel.gemm;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.amx.IntegerProducts;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.tile.BandedProduct;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import dev.balsa.kernel.tile.ZeroPoint;
import java.util.List;
import java.util.Optional;

/// A product of integers as one of quads or of pairs. Rows of quads are read where they are, if they can be; else
/// the rows of a part are copied without sign, or widened to pairs, in the worker's memory, where they stay in a
/// second-level cache while panels go by.
public final class IntegerGemmWork implements CodeWork {
    private static final long CACHED = 192L << 10;
    private static final int LEAST_ROWS = 24;
    private static final long ALIGNMENT = 64;

    private final IntegerGemmRequest request;
    private final BandedProduct product;
    /// How rows become pairs or quads, or nothing if they are read as they are.
    private final Optional<Widening> widening;
    /// Of rows as they are read; pairs are less it.
    private final ZeroPoint zeroPoint;
    /// Pairs or quads of a row.
    private final int elements;
    private final long bandBytes;

    /// Prepares a request that [IntegerGemmKernel] supports.
    public IntegerGemmWork(IntegerGemmRequest request, IntegerUnit unit, Constants constants) {
        this.request = request;
        var quads = ofQuads(unit, constants);
        boolean isQuads = !quads.isEmpty();
        elements = Math.ceilDiv(request.depth(), isQuads ? Integer.BYTES : 2);
        product = isQuads
                ? quads.getFirst()
                : TileProduct.ofPairs(unit.vectors(), product(elements), request.result(), request.right(), constants);
        // Bytes with a sign are moved up by 128 then.
        boolean moved = isQuads && request.signed() && !product.takesSigns();
        zeroPoint = new ZeroPoint(request.zeroPoint(), request.signed(), moved ? -Byte.MIN_VALUE : 0);
        widening = isQuads && !moved && request.depth() % Integer.BYTES == 0
                ? Optional.empty()
                : Optional.of(new Widening(
                        unit.vectors(),
                        isQuads ? moved : request.signed(),
                        zeroPoint,
                        isQuads ? WidenCode.Target.QUADS : WidenCode.Target.PAIRS,
                        constants));
        int most = 0;
        for (int part = 0; part < product.parts() && widening.isPresent(); part++) {
            most = Math.max(most, product.endRow(part) - product.firstRow(part));
        }
        bandBytes = most * rowBytes() + (most > 0 ? product.slackBytes() : 0);
    }

    private List<BandedProduct> ofQuads(IntegerUnit unit, Constants constants) {
        boolean isDirect = request.depth() % Integer.BYTES == 0;
        return unit.takesQuads(request.signed(), request.depth())
                ? IntegerProducts.ofQuads(
                        unit,
                        product(Math.ceilDiv(request.depth(), Integer.BYTES)),
                        isDirect ? (long) request.rows() * request.depth() : Long.MAX_VALUE,
                        request.signed(),
                        request.result(),
                        List.of(request.right()),
                        constants)
                : List.of();
    }

    /// @param each elements of 32 bits that a row of the left factor has
    private TileProduct.Request product(int each) {
        int columns = request.right().columns();
        long rowBytes = (long) each * Integer.BYTES;
        return new TileProduct.Request(
                RowPlaces.even(request.rows(), each),
                new Depth(List.of(new Depth.Segment(0, each))),
                rowBytes,
                columns,
                request.epilogue().stages(),
                RowPlaces.even(request.rows(), columns),
                TileProduct.ENOUGH_PARTS,
                Math.toIntExact(Math.max(LEAST_ROWS, CACHED / rowBytes)),
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
        if (widening.isPresent()) {
            runWidened(widening.get(), from, to, frame);
            return;
        }
        product.tellZeroPoint(frame, zeroPoint);
        for (int part = from; part < to; part++) {
            product.multiply(frame, frame.operand(0), 0, frame.operand(request.output()), 0, part);
        }
    }

    private void runWidened(Widening copying, int from, int end, Frame frame) {
        int widened = -1;
        long at = bandAt();
        for (int part = from; part < end; part++) {
            int first = product.firstRow(part);
            if (first != widened) {
                widened = first;
                widen(
                        copying,
                        frame,
                        first,
                        product.endRow(part) - first,
                        frame.scratch().address() + at);
                product.tellZeroPoint(frame, zeroPoint);
            }
            long shift = at / Integer.BYTES - (long) first * elements;
            product.multiply(frame, frame.scratch(), shift, frame.operand(request.output()), 0, part);
        }
    }

    private void widen(Widening copying, Frame frame, int first, int rows, long target) {
        int depth = request.depth();
        long source = frame.operand(0).address() + (long) first * depth;
        if (depth % 4 == 0) {
            copying.run(frame, source, 0, target, 0, 1, (long) rows * depth);
        } else {
            copying.run(frame, source, depth, target, rowBytes(), rows, depth);
        }
    }
}
