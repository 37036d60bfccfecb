package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import java.util.List;

/// A product of integers as one of pairs: the rows of a part are widened in the worker's memory, where they stay
/// in a second-level cache while panels go by.
public final class IntegerGemmWork implements Work {
    private static final long CACHED = 192L << 10;
    private static final int LEAST_ROWS = 24;
    private static final long ALIGNMENT = 64;

    private final IntegerGemmRequest request;
    private final TileProduct product;
    private final Widening widening;
    private final int pairs;
    private final long bandBytes;

    /// Prepares a request that [IntegerGemmKernel] supports.
    public IntegerGemmWork(IntegerGemmRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        pairs = Math.ceilDiv(request.depth(), 2);
        int rows = request.rows();
        int columns = request.right().columns();
        int mostRows = Math.toIntExact(Math.max(LEAST_ROWS, CACHED / rowBytes()));
        product = TileProduct.ofPairs(
                unit,
                new TileProduct.Request(
                        RowPlaces.of(rows, row -> (long) row * pairs),
                        new Depth(List.of(new Depth.Segment(0, pairs))),
                        rowBytes(),
                        columns,
                        request.epilogue().stages(),
                        RowPlaces.of(rows, row -> (long) row * columns),
                        TileProduct.ENOUGH_PARTS,
                        mostRows,
                        Sight.PLAIN),
                request.result(),
                request.right(),
                constants);
        widening = new Widening(unit, request.signed(), request.zeroPoint(), WidenCode.Target.PAIRS, constants);
        int most = 0;
        for (int part = 0; part < product.parts(); part++) {
            most = Math.max(most, product.endRow(part) - product.firstRow(part));
        }
        bandBytes = most * rowBytes();
    }

    private long rowBytes() {
        return (long) pairs * Integer.BYTES;
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
        int widened = -1;
        long at = bandAt();
        for (int part = from; part < to; part++) {
            int first = product.firstRow(part);
            if (first != widened) {
                widened = first;
                widen(
                        frame,
                        first,
                        product.endRow(part) - first,
                        frame.scratch().address() + at);
            }
            long shift = at / Integer.BYTES - (long) first * pairs;
            product.multiply(frame, frame.scratch(), shift, frame.operand(request.output()), 0, part);
        }
    }

    private void widen(Frame frame, int first, int rows, long target) {
        int depth = request.depth();
        long source = frame.operand(0).address() + (long) first * depth;
        if (depth % 2 == 0) {
            widening.run(frame, source, 0, target, 0, 1, (long) rows * depth);
        } else {
            widening.run(frame, source, depth, target, rowBytes(), rows, depth);
        }
    }
}
