package dev.balsa.kernel.conv;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.SpanStages;
import dev.balsa.kernel.gemm.PanelTile;
import dev.balsa.kernel.vector.VectorProvider;

/// A depthwise convolution of one or two dimensions. A unit is a band of output rows of one plane.
///
/// The band's part of the image is copied into scratch with its padding, split into one sub-image per phase of the
/// strides. All sub-images have the same row pitch, so that each kernel position becomes one shift, whatever strides,
/// dilations and padding are, and the sums run over all rows of the band as one span. What they make of the columns
/// between the rows is left behind when the rows are stored.
final class DepthwiseWork implements Work {
    private static final int BAND_ELEMENTS = 4096;

    private final ConvRequest request;
    private final PanelTile tile;
    private final TapSpans spans;
    private final SpanStages stages;
    private final Axis y;
    private final Axis x;
    private final int pitch;
    private final int bandRows;
    private final int bands;
    private final int subRows;
    private final int[] shifts;
    private final boolean[] usedPhases;

    /// Whether this work does the request.
    static boolean supports(ConvRequest request) {
        return request.isDepthwise() && request.window().rank() <= 2;
    }

    DepthwiseWork(ConvRequest request, VectorProvider provider) {
        this.request = request;
        tile = PanelTile.of(provider);
        spans = TapSpans.of(provider);
        stages = new SpanStages(request.epilogue().stages(), provider);
        var axes = Axis.all(request.window());
        y = axes.get(1);
        x = axes.get(2);
        pitch = x.output() + reach(x);
        bandRows = Math.clamp(BAND_ELEMENTS / Math.max(1, pitch), 1, Math.max(1, y.output()));
        bands = Math.ceilDiv(y.output(), bandRows);
        subRows = bandRows + reach(y);
        shifts = new int[y.kernel() * x.kernel()];
        usedPhases = new boolean[y.stride() * x.stride()];
        for (int t = 0; t < shifts.length; t++) {
            var tapY = t / x.kernel() * y.dilation();
            var tapX = t % x.kernel() * x.dilation();
            var phase = tapY % y.stride() * x.stride() + tapX % x.stride();
            usedPhases[phase] = true;
            shifts[t] = phase * subRows * pitch + tapY / y.stride() * pitch + tapX / x.stride();
        }
    }

    private static int reach(Axis axis) {
        return (axis.kernel() - 1) * axis.dilation() / axis.stride();
    }

    private long resultAt() {
        var slack = TapSpans.ROUND + tile.lanes();
        return ((long) usedPhases.length * subRows * pitch + slack) * Float.BYTES;
    }

    @Override
    public int units(int phase) {
        return request.batch() * request.channels() * bands;
    }

    @Override
    public long workerBytes() {
        return resultAt() + ((long) bandRows * pitch + TapSpans.ROUND) * Float.BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            var row = unit % bands * bandRows;
            band(frame, unit / bands, row, Math.min(bandRows, y.output() - row));
        }
    }

    private void band(Frame frame, int plane, int firstRow, int rows) {
        for (int phase = 0; phase < usedPhases.length; phase++) {
            if (usedPhases[phase]) {
                copyPhase(frame, plane, firstRow, rows, phase);
            }
        }
        var scratch = frame.scratch();
        var weightsAt = (long) (plane % request.channels()) * shifts.length * Float.BYTES;
        spans.sum(scratch, shifts, frame.operand(1), weightsAt, scratch, resultAt(), rows * pitch);
        var out = frame.operand(request.output());
        var width = x.output();
        var outAt = ((long) plane * y.output() + firstRow) * width * Float.BYTES;
        var pitchBytes = (long) pitch * Float.BYTES;
        var rowBytes = (long) width * Float.BYTES;
        tile.packRows(scratch, resultAt(), pitchBytes, 1, out, outAt, rowBytes, rows, width);
        if (!stages.isEmpty()) {
            var columns = (long) y.output() * width;
            stages.apply(frame, out, outAt, plane, (long) firstRow * width, columns, rows * width);
        }
    }

    private void copyPhase(Frame frame, int plane, int firstRow, int rows, int phase) {
        var phaseX = phase % x.stride();
        var left = Math.clamp(Math.ceilDiv(x.pad() - phaseX, x.stride()), 0, pitch);
        var right = Math.clamp(Math.floorDiv(x.input() - 1 + x.pad() - phaseX, x.stride()) + 1, left, pitch);
        var offset = firstRow * y.stride() + phase / x.stride() - y.pad();
        var all = rows + reach(y);
        var top = Math.clamp(Math.ceilDiv(-offset, y.stride()), 0, all);
        var bottom = Math.clamp(Math.floorDiv(y.input() - 1 - offset, y.stride()) + 1, top, all);
        var scratch = frame.scratch();
        var at = (long) phase * subRows * pitch * Float.BYTES;
        var row = (long) pitch * Float.BYTES;
        tile.packZeroRows(scratch, at, 0, 1, top * pitch);
        tile.packZeroRows(scratch, at + bottom * row, 0, 1, (all - bottom) * pitch);
        if (bottom > top) {
            var first = at + top * row;
            tile.packZeroRows(scratch, first, row, bottom - top, left);
            tile.packZeroRows(scratch, first + (long) right * Float.BYTES, row, bottom - top, pitch - right);
            var line = ((long) plane * y.input() + offset + (long) top * y.stride()) * x.input();
            var from = (line + (long) left * x.stride() + phaseX - x.pad()) * Float.BYTES;
            var step = (long) y.stride() * x.input() * Float.BYTES;
            var to = first + (long) left * Float.BYTES;
            if (right > left) {
                tile.packRows(frame.operand(0), from, step, x.stride(), scratch, to, row, bottom - top, right - left);
            }
        }
    }
}
