package dev.balsa.kernel.conv;

import dev.balsa.kernel.gemm.PanelTile;
import java.lang.foreign.MemorySegment;

/// Gathers image values into panels: row `k` of a panel holds, for kernel element `k` (channel, then kernel position),
/// the values that meet the panel's output pixels. Immutable and thread-safe.
final class PixelPacking {
    private final PanelTile tile;
    private final boolean pointwise;
    private final int kernelSize;
    private final long plane;
    private final Axis z;
    private final Axis y;
    private final Axis x;

    PixelPacking(PanelTile tile, Window window) {
        this.tile = tile;
        pointwise = window.isPointwise();
        kernelSize = window.kernelSize();
        plane = window.inputSize();
        var axes = Axis.all(window);
        z = axes.get(0);
        y = axes.get(1);
        x = axes.get(2);
    }

    /// Packs `depth` kernel elements from `from` on for `columns` output pixels from `pixel` on.
    ///
    /// @param base the element at which the group's first channel begins
    /// @param rowBytes from one row of the panel to the next
    void pack(
            MemorySegment image,
            long base,
            int from,
            int depth,
            int pixel,
            int columns,
            MemorySegment panel,
            long panelAt,
            long rowBytes) {
        if (pointwise) {
            var first = (base + from * plane + pixel) * Float.BYTES;
            tile.packRows(image, first, plane * Float.BYTES, 1, panel, panelAt, rowBytes, depth, columns);
        } else {
            for (int tap = 0; tap < Math.min(kernelSize, from + depth); tap++) {
                var firstChannel = Math.ceilDiv(from - tap, kernelSize);
                var channels = Math.ceilDiv(from + depth - tap, kernelSize) - firstChannel;
                var at = panelAt + (firstChannel * kernelSize + tap - from) * rowBytes;
                if (channels > 0) {
                    packTap(image, base + firstChannel * plane, channels, tap, pixel, columns, panel, at, rowBytes);
                }
            }
        }
        tile.packPadding(panel, panelAt, rowBytes, depth, columns);
    }

    /// Packs one kernel position of neighbouring channels.
    private void packTap(
            MemorySegment image,
            long base,
            int channels,
            int tap,
            int pixel,
            int columns,
            MemorySegment panel,
            long panelAt,
            long rowBytes) {
        var tapX = tap % x.kernel();
        var tapY = tap / x.kernel() % y.kernel();
        var tapZ = tap / x.kernel() / y.kernel();
        var low = x.first(tapX);
        var high = x.end(tapX);
        var row = pixel / x.output();
        var outX = pixel % x.output();
        var at = panelAt;
        for (int left = columns; left > 0; row++) {
            var count = Math.min(left, x.output() - outX);
            var inY = y.at(row % y.output(), tapY);
            var inZ = z.at(row / y.output(), tapZ);
            var inside = y.contains(inY) && z.contains(inZ);
            var line = base + ((long) inZ * y.input() + inY) * x.input();
            var dataFrom = inside ? Math.clamp(low, outX, outX + count) : outX + count;
            var dataTo = inside ? Math.clamp(high, dataFrom, outX + count) : outX + count;
            packRuns(image, line, channels, tapX, outX, dataFrom, dataTo, outX + count, panel, at, rowBytes);
            at += (long) count * Float.BYTES;
            left -= count;
            outX = 0;
        }
    }

    /// Packs part of a line: zeros, values from `dataFrom` to `dataTo`, zeros.
    private void packRuns(
            MemorySegment image,
            long line,
            int channels,
            int tapX,
            int from,
            int dataFrom,
            int dataTo,
            int to,
            MemorySegment panel,
            long panelAt,
            long rowBytes) {
        var step = (long) kernelSize * rowBytes;
        if (dataFrom > from) {
            tile.packZeroRows(panel, panelAt, step, channels, dataFrom - from);
        }
        if (dataTo > dataFrom) {
            var source = (line + x.at(dataFrom, tapX)) * Float.BYTES;
            var at = panelAt + (long) (dataFrom - from) * Float.BYTES;
            var count = dataTo - dataFrom;
            tile.packRows(image, source, plane * Float.BYTES, x.stride(), panel, at, step, channels, count);
        }
        if (to > dataTo) {
            tile.packZeroRows(panel, panelAt + (long) (dataTo - from) * Float.BYTES, step, channels, to - dataTo);
        }
    }
}
