package dev.balsa.kernel.conv;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.gemm.ByteWidening;
import dev.balsa.kernel.gemm.IntegerProduct;
import dev.balsa.kernel.gemm.PanelProduct;
import dev.balsa.kernel.gemm.PanelTile;
import dev.balsa.kernel.gemm.ZeroPoints;
import dev.balsa.kernel.vector.VectorProvider;

/// A prepared convolution of bytes: the first phase widens image planes and weight rows into shared memory, in the
/// second a unit is a panel of pixels times a block of the weights' rows.
final class ByteConvWork implements Work {
    private static final int BLOCK_ROWS = 64;

    private final ByteConvRequest request;
    private final PanelTile tile;
    private final IntegerProduct product;
    private final PixelPacking packing;
    private final int planes;
    private final int plane;
    private final int k;
    private final int rows;
    private final int pixels;
    private final int panels;
    private final int rowBlocks;

    ByteConvWork(ByteConvRequest request, VectorProvider provider) {
        this.request = request;
        tile = PanelTile.of(provider);
        product = new IntegerProduct(tile);
        packing = new PixelPacking(tile, request.window());
        planes = request.batch() * request.channels();
        plane = Math.toIntExact(request.window().inputSize());
        k = Math.multiplyExact(
                request.channels() / request.groups(), request.window().kernelSize());
        rows = request.outputs() / request.groups();
        pixels = Math.toIntExact(request.window().outputSize());
        panels = Math.ceilDiv(pixels, tile.width());
        rowBlocks = Math.ceilDiv(rows, BLOCK_ROWS);
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int units(int phase) {
        return phase == 0 ? planes + request.outputs() : request.batch() * request.groups() * panels * rowBlocks;
    }

    private long weightsAt() {
        return (long) planes * plane * Float.BYTES;
    }

    @Override
    public long sharedBytes() {
        return weightsAt() + (long) request.outputs() * k * Float.BYTES;
    }

    @Override
    public long workerBytes() {
        return product.scratchBytes() + (long) PanelProduct.DEPTH * tile.width() * Float.BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            if (phase == 1) {
                multiply(frame, unit / rowBlocks / panels, unit / rowBlocks % panels, unit % rowBlocks * BLOCK_ROWS);
            } else if (unit < planes) {
                widenPlane(frame, unit);
            } else {
                widenWeights(frame, unit - planes);
            }
        }
    }

    private void widenPlane(Frame frame, int index) {
        var zero = request.zeroX() == ZeroPoints.NONE ? 0 : ByteWidening.value(frame.operand(2), 0, request.signedX());
        var at = (long) index * plane;
        ByteWidening.widen(frame.operand(0), at, request.signedX(), zero, frame.shared(), at * Float.BYTES, plane);
    }

    private void widenWeights(Frame frame, int row) {
        var operand = 2 + request.zeroX().operands();
        var zero = switch (request.zeroW()) {
            case NONE -> 0;
            case ONE -> ByteWidening.value(frame.operand(operand), 0, request.signedW());
            case EACH -> ByteWidening.value(frame.operand(operand), row, request.signedW());
        };
        var at = (long) row * k;
        var to = weightsAt() + at * Float.BYTES;
        ByteWidening.widen(frame.operand(1), at, request.signedW(), zero, frame.shared(), to, k);
    }

    private void multiply(Frame frame, int image, int panel, int firstRow) {
        var group = image % request.groups();
        var columns = Math.min(tile.width(), pixels - panel * tile.width());
        var vectors = tile.vectorsFor(columns);
        var rowBytes = (long) vectors * tile.lanes() * Float.BYTES;
        var pixel = panel * tile.width();
        var imageAt = (long) image * (request.channels() / request.groups()) * plane;
        var weights = weightsAt() + ((long) group * rows + firstRow) * k * Float.BYTES;
        var scratch = frame.scratch();
        var panelAt = product.scratchBytes();
        for (int d = 0; d == 0 || d < k; d += PanelProduct.DEPTH) {
            var depth = PanelProduct.depth(d, k);
            packing.pack(frame.shared(), imageAt, d, depth, pixel, columns, scratch, panelAt, rowBytes);
            product.multiply(
                    frame.shared(),
                    weights + (long) d * Float.BYTES,
                    (long) k * Float.BYTES,
                    Math.min(BLOCK_ROWS, rows - firstRow),
                    scratch,
                    panelAt,
                    vectors,
                    depth,
                    frame.operand(request.output()),
                    (((long) image * rows + firstRow) * pixels + pixel) * Integer.BYTES,
                    (long) pixels * Integer.BYTES,
                    columns,
                    d > 0,
                    scratch);
        }
    }
}
