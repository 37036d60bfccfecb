package dev.balsa.kernel.conv;

import dev.balsa.kernel.gemm.PanelTile;
import java.lang.foreign.MemorySegment;

/// Gathers image values into panels: row `k` of a panel holds, for kernel element `k` (channel, then kernel position), the
/// values that meet the panel's output pixels. Immutable and thread-safe.
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
            tile.packRows(image, first, plane * Float.BYTES, panel, panelAt, rowBytes, depth, columns);
        } else {
            for (int i = 0; i < depth; i++) {
                var channel = (from + i) / kernelSize;
                var tap = (from + i) % kernelSize;
                packRow(image, base + channel * plane, tap, pixel, columns, panel, panelAt + i * rowBytes);
            }
        }
        tile.packPadding(panel, panelAt, rowBytes, depth, columns);
    }

    private void packRow(
            MemorySegment image, long base, int tap, int pixel, int columns, MemorySegment panel, long panelAt) {
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
            if (y.contains(inY) && z.contains(inZ)) {
                var line = base + ((long) inZ * y.input() + inY) * x.input();
                packRun(image, line, tapX, outX, count, low, high, panel, at);
            } else {
                tile.packZeros(panel, at, count);
            }
            at += (long) count * Float.BYTES;
            left -= count;
            outX = 0;
        }
    }

    private void packRun(
            MemorySegment image,
            long line,
            int tapX,
            int outX,
            int count,
            int low,
            int high,
            MemorySegment panel,
            long panelAt) {
        var end = outX + count;
        var dataFrom = Math.clamp(low, outX, end);
        var dataTo = Math.clamp(high, dataFrom, end);
        if (dataFrom > outX) {
            tile.packZeros(panel, panelAt, dataFrom - outX);
        }
        if (dataTo > dataFrom) {
            var source = (line + x.at(dataFrom, tapX)) * Float.BYTES;
            var to = panelAt + (long) (dataFrom - outX) * Float.BYTES;
            tile.pack(image, source, x.stride(), panel, to, dataTo - dataFrom);
        }
        if (end > dataTo) {
            tile.packZeros(panel, panelAt + (long) (dataTo - outX) * Float.BYTES, end - dataTo);
        }
    }
}
