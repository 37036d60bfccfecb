package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;
import java.util.Optional;

/// A prepared product of bytes: the first phase widens both factors into shared memory, a unit being a row of one of
/// them; in the second a unit is a block of rows times one panel, for one batch.
final class ByteGemmWork implements Work {
    private static final int BLOCK_ROWS = 64;

    private final ByteGemmRequest request;
    private final PanelTile tile;
    private final IntegerProduct product;
    private final PanelPacking packing;
    private final long[] offsetsA;
    private final long[] offsetsB;
    private final int rowBlocks;

    ByteGemmWork(ByteGemmRequest request, VectorProvider provider) {
        this.request = request;
        tile = PanelTile.of(provider);
        product = new IntegerProduct(tile);
        var b = new GemmOperand(false, request.n(), List.of(), Optional.empty());
        packing = new PanelPacking(tile, b, request.n(), request.k());
        offsetsA = request.offsetsA().stream().mapToLong(Long::longValue).toArray();
        offsetsB = request.offsetsB().stream().mapToLong(Long::longValue).toArray();
        rowBlocks = Math.ceilDiv(request.m(), BLOCK_ROWS);
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int units(int phase) {
        return phase == 0
                ? offsetsA.length * (request.m() + request.k())
                : offsetsA.length * packing.panels() * rowBlocks;
    }

    private long wideA() {
        return (long) request.m() * request.k() * Float.BYTES;
    }

    private long wideB() {
        return (long) request.k() * request.n() * Float.BYTES;
    }

    @Override
    public long sharedBytes() {
        return offsetsA.length * (wideA() + wideB());
    }

    @Override
    public long workerBytes() {
        var panel = ((long) PanelProduct.DEPTH * tile.width() + tile.lanes()) * Float.BYTES;
        return product.scratchBytes() + panel;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            if (phase == 0) {
                var rows = request.m() + request.k();
                widen(frame, unit / rows, unit % rows);
            } else {
                var block = unit % rowBlocks * BLOCK_ROWS;
                var panel = unit / rowBlocks % packing.panels();
                multiply(frame, unit / rowBlocks / packing.panels(), panel, block);
            }
        }
    }

    private void widen(Frame frame, int batch, int row) {
        if (row < request.m()) {
            var at = offsetsA[batch] + (long) row * request.k();
            var to = batch * wideA() + (long) row * request.k() * Float.BYTES;
            var zero = zeroA(frame, (long) batch * request.m() + row);
            ByteWidening.widen(frame.operand(0), at, request.signedA(), zero, frame.shared(), to, request.k());
            return;
        }
        var line = (long) (row - request.m()) * request.n();
        var to = offsetsA.length * wideA() + batch * wideB() + line * Float.BYTES;
        var at = offsetsB[batch] + line;
        var zeros = 2 + request.zeroA().operands();
        var b = frame.operand(1);
        if (request.zeroB() == ZeroPoints.EACH) {
            var each = frame.operand(zeros);
            ByteWidening.widenEach(b, at, request.signedB(), each, frame.shared(), to, request.n());
        } else {
            var none = request.zeroB() == ZeroPoints.NONE;
            var zero = none ? 0 : ByteWidening.value(frame.operand(zeros), 0, request.signedB());
            ByteWidening.widen(b, at, request.signedB(), zero, frame.shared(), to, request.n());
        }
    }

    private int zeroA(Frame frame, long row) {
        return switch (request.zeroA()) {
            case NONE -> 0;
            case ONE -> ByteWidening.value(frame.operand(2), 0, request.signedA());
            case EACH -> {
                var zeros = frame.operand(2);
                yield ByteWidening.value(zeros, row % zeros.byteSize(), request.signedA());
            }
        };
    }

    private void multiply(Frame frame, int batch, int panel, int firstRow) {
        var k = request.k();
        var n = (long) request.n();
        var rows = Math.min(BLOCK_ROWS, request.m() - firstRow);
        var scratch = frame.scratch();
        var b = (offsetsA.length * wideA() + batch * wideB()) / Float.BYTES;
        for (int d = 0; d == 0 || d < k; d += PanelProduct.DEPTH) {
            var depth = PanelProduct.depth(d, k);
            packing.pack(frame.shared(), b, panel, d, depth, scratch, product.scratchBytes());
            product.multiply(
                    frame.shared(),
                    batch * wideA() + ((long) firstRow * k + d) * Float.BYTES,
                    (long) k * Float.BYTES,
                    rows,
                    scratch,
                    product.scratchBytes(),
                    packing.vectors(panel),
                    depth,
                    frame.operand(request.output()),
                    (((long) batch * request.m() + firstRow) * n + (long) panel * tile.width()) * Integer.BYTES,
                    n * Integer.BYTES,
                    packing.columns(panel),
                    d > 0,
                    scratch);
        }
    }
}
