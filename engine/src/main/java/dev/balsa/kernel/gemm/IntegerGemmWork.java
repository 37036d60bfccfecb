package dev.balsa.kernel.gemm;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import java.util.List;
import java.util.Optional;

/// A product of integers as one of quads, of rows where they are; or else as one of pairs: the rows of a part are
/// widened in the worker's memory, where they stay in a second-level cache while panels go by.
public final class IntegerGemmWork implements CodeWork {
    private static final long CACHED = 192L << 10;
    private static final int LEAST_ROWS = 24;
    private static final long ALIGNMENT = 64;

    private final IntegerGemmRequest request;
    private final TileProduct product;
    /// How rows become pairs, or nothing if they are read as they are.
    private final Optional<Widening> widening;
    private final int pairs;
    private final long bandBytes;

    /// Prepares a request that [IntegerGemmKernel] supports.
    public IntegerGemmWork(IntegerGemmRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        pairs = Math.ceilDiv(request.depth(), 2);
        var quads = ofQuads(unit, constants);
        product = quads.orElseGet(() ->
                TileProduct.ofPairs(unit, product(pairs, rowBytes()), request.result(), request.right(), constants));
        widening = quads.isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Widening(unit, request.signed(), request.zeroPoint(), WidenCode.Target.PAIRS, constants));
        int most = 0;
        for (int part = 0; part < product.parts() && widening.isPresent(); part++) {
            most = Math.max(most, product.endRow(part) - product.firstRow(part));
        }
        bandBytes = most * rowBytes();
    }

    private Optional<TileProduct> ofQuads(VectorUnit unit, Constants constants) {
        return request.signed() || request.depth() % Integer.BYTES != 0
                ? Optional.empty()
                : TileProduct.ofQuads(
                        unit,
                        product(request.depth() / Integer.BYTES, request.depth()),
                        request.result(),
                        request.right(),
                        constants);
    }

    /// @param elements of 32 bits that a row of the left factor has
    private TileProduct.Request product(int elements, long rowBytes) {
        int columns = request.right().columns();
        return new TileProduct.Request(
                RowPlaces.even(request.rows(), elements),
                new Depth(List.of(new Depth.Segment(0, elements))),
                rowBytes,
                columns,
                request.epilogue().stages(),
                RowPlaces.even(request.rows(), columns),
                TileProduct.ENOUGH_PARTS,
                Math.toIntExact(Math.max(LEAST_ROWS, CACHED / rowBytes)),
                Sight.PLAIN);
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
        if (widening.isPresent()) {
            runPairs(widening.get(), from, to, frame);
            return;
        }
        TileProduct.tellZeroPoint(frame.scratch(), request.zeroPoint() ? Widening.zeroPoint(frame, false) : 0);
        product.multiply(frame, frame.operand(0), 0, frame.operand(request.output()), 0, from, to);
    }

    private void runPairs(Widening pairing, int from, int to, Frame frame) {
        int widened = -1;
        long at = bandAt();
        for (int part = from; part < to; part++) {
            int first = product.firstRow(part);
            if (first != widened) {
                widened = first;
                widen(
                        pairing,
                        frame,
                        first,
                        product.endRow(part) - first,
                        frame.scratch().address() + at);
            }
            long shift = at / Integer.BYTES - (long) first * pairs;
            product.multiply(frame, frame.scratch(), shift, frame.operand(request.output()), 0, part);
        }
    }

    private void widen(Widening pairing, Frame frame, int first, int rows, long target) {
        int depth = request.depth();
        long source = frame.operand(0).address() + (long) first * depth;
        if (depth % 2 == 0) {
            pairing.run(frame, source, 0, target, 0, 1, (long) rows * depth);
        } else {
            pairing.run(frame, source, depth, target, rowBytes(), rows, depth);
        }
    }
}
