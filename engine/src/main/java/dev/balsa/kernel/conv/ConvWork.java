package dev.balsa.kernel.conv;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.SpanStages;
import dev.balsa.kernel.gemm.PanelProduct;
import dev.balsa.kernel.gemm.PanelTile;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// A convolution as products of the weights, read as they lie, with packed panels of output pixels.
///
/// Several panels make a band. With many bands a unit packs its band and multiplies it with all weights of the group.
/// With few, a first phase packs all panels into shared memory, and in the second a unit is a band times a block of the
/// weights' rows. Some rows of weights, as deep as a panel, are multiplied with all panels of the band while they are
/// in
/// the second-level cache; the epilogue takes the rows of the whole band at once, being quicker on long spans.
final class ConvWork implements Work {
    private static final int ENOUGH_UNITS = 32;
    private static final int LEAST_ROWS = 32;
    /// Panels of a band: with [PanelProduct#DEPTH] and the widest tile they fill half of a second-level cache of 512
    /// KB.
    private static final int MOST_PANELS = 8;
    private static final int MOST_SHARED_PANELS = 4;
    /// Rows of weights that stay in the second-level cache beside a band.
    private static final int CACHED_ROWS = 64;
    private static final long MOST_SHARED = 16L << 20;

    private final ConvRequest request;
    private final PanelProduct product;
    private final PanelTile tile;
    private final PixelPacking packing;
    private final SpanStages stages;
    private final long imageElements;
    private final int k;
    private final int rows;
    private final int pixels;
    private final int panels;
    private final int perBand;
    private final int bands;
    private final int depths;
    private final boolean sharing;
    private final int blockRows;
    private final int rowBlocks;

    ConvWork(ConvRequest request, VectorProvider provider) {
        this.request = request;
        tile = PanelTile.of(provider);
        product = new PanelProduct(tile);
        packing = new PixelPacking(tile, request.window());
        stages = new SpanStages(request.epilogue().stages(), provider);
        imageElements = request.channels() / request.groups() * request.window().inputSize();
        k = Math.multiplyExact(
                request.channels() / request.groups(), request.window().kernelSize());
        rows = request.outputs() / request.groups();
        pixels = Math.toIntExact(request.window().outputSize());
        panels = Math.ceilDiv(pixels, tile.width());
        depths = Math.max(1, Math.ceilDiv(k, PanelProduct.DEPTH));
        var images = request.batch() * request.groups();
        var splits = images * panels < ENOUGH_UNITS && rows >= 2 * LEAST_ROWS;
        sharing = splits && images * imageBytes() <= MOST_SHARED;
        var most = sharing ? MOST_SHARED_PANELS : Math.clamp(images * panels / (2 * ENOUGH_UNITS), 1, MOST_PANELS);
        bands = Math.ceilDiv(panels, most);
        perBand = bands == 0 ? 0 : Math.ceilDiv(panels, bands);
        blockRows = sharing ? blockRows(images * bands) : rows;
        rowBlocks = rows == 0 ? 0 : Math.ceilDiv(rows, blockRows);
    }

    private int blockRows(int units) {
        var size = rows;
        while (units * Math.ceilDiv(rows, size) < ENOUGH_UNITS && size >= 2 * LEAST_ROWS) {
            size = Math.ceilDiv(size / 2, PanelTile.ROWS) * PanelTile.ROWS;
        }
        return size;
    }

    /// Bytes of the packed panels of one group of one image.
    private long imageBytes() {
        return (long) tile.vectorsFor(pixels) * tile.lanes() * k * Float.BYTES;
    }

    @Override
    public int phases() {
        return sharing ? 2 : 1;
    }

    @Override
    public int units(int phase) {
        var images = request.batch() * request.groups();
        return images * (sharing && phase == 0 ? panels * depths : bands * rowBlocks);
    }

    @Override
    public long sharedBytes() {
        return sharing ? (long) request.batch() * request.groups() * imageBytes() : 0;
    }

    @Override
    public long workerBytes() {
        return tile.tileBytes() + (sharing ? 0 : perBand * panelBytes());
    }

    /// Bytes of a panel in a worker's scratch memory.
    private long panelBytes() {
        return (long) Math.min(k, PanelProduct.DEPTH) * tile.width() * Float.BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            if (sharing && phase == 0) {
                var image = unit / depths / panels;
                var panel = unit / depths % panels;
                var d = unit % depths * PanelProduct.DEPTH;
                pack(frame, image, panel, d, frame.shared(), sharedAt(image, panel, d));
            } else {
                var block = unit % rowBlocks * blockRows;
                var band = unit / rowBlocks % bands;
                band(frame, unit / rowBlocks / bands, band, block, Math.min(blockRows, rows - block));
            }
        }
    }

    private void band(Frame frame, int image, int band, int firstRow, int count) {
        var first = band * perBand;
        var end = Math.min(panels, first + perBand);
        for (int d = 0; d == 0 || d < k; d += PanelProduct.DEPTH) {
            for (int panel = first; panel < end && !sharing; panel++) {
                pack(frame, image, panel, d, frame.scratch(), scratchAt(panel - first));
            }
            for (int row = 0; row < count; row += CACHED_ROWS) {
                for (int panel = first; panel < end; panel++) {
                    var panelAt = sharing ? sharedAt(image, panel, d) : scratchAt(panel - first);
                    multiply(frame, image, panel, panelAt, d, firstRow + row, Math.min(CACHED_ROWS, count - row));
                }
            }
        }
        if (!stages.isEmpty()) {
            finish(frame, image, first * tile.width(), Math.min(pixels, end * tile.width()), firstRow, count);
        }
    }

    private long scratchAt(int index) {
        return tile.tileBytes() + index * panelBytes();
    }

    private void finish(Frame frame, int image, int firstPixel, int endPixel, int firstRow, int count) {
        var out = frame.operand(request.output());
        for (int i = 0; i < count; i++) {
            var row = (long) image * rows + firstRow + i;
            var at = (row * pixels + firstPixel) * Float.BYTES;
            stages.apply(frame, out, at, row, firstPixel, pixels, endPixel - firstPixel);
        }
    }

    private int columns(int panel) {
        return Math.min(tile.width(), pixels - panel * tile.width());
    }

    private long rowBytes(int panel) {
        return (long) tile.vectorsFor(columns(panel)) * tile.lanes() * Float.BYTES;
    }

    private long sharedAt(int image, int panel, int from) {
        return image * imageBytes() + (long) panel * tile.width() * k * Float.BYTES + from * rowBytes(panel);
    }

    private void pack(Frame frame, int image, int panel, int from, MemorySegment target, long targetAt) {
        packing.pack(
                frame.operand(0),
                image * imageElements,
                from,
                PanelProduct.depth(from, k),
                panel * tile.width(),
                columns(panel),
                target,
                targetAt,
                rowBytes(panel));
    }

    private void multiply(Frame frame, int image, int panel, long panelAt, int d, int firstRow, int count) {
        var group = image % request.groups();
        var weightsAt = ((long) group * rows + firstRow) * k + d;
        var outRow = (long) image * rows + firstRow;
        product.multiply(
                frame.operand(1),
                weightsAt * Float.BYTES,
                (long) k * Float.BYTES,
                count,
                sharing ? frame.shared() : frame.scratch(),
                panelAt,
                tile.vectorsFor(columns(panel)),
                PanelProduct.depth(d, k),
                frame.operand(request.output()),
                (outRow * pixels + (long) panel * tile.width()) * Float.BYTES,
                (long) pixels * Float.BYTES,
                columns(panel),
                d > 0,
                frame.scratch(),
                0);
    }
}
