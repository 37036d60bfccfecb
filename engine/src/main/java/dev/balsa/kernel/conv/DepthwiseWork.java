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
        for (int i = 0; i < rows; i++) {
            var from = resultAt() + (long) i * pitch * Float.BYTES;
            tile.store(scratch, from, out, outAt + (long) i * width * Float.BYTES, width, false);
        }
        if (!stages.isEmpty()) {
            var columns = (long) y.output() * width;
            stages.apply(frame, out, outAt, plane, (long) firstRow * width, columns, rows * width);
        }
    }

    private void copyPhase(Frame frame, int plane, int firstRow, int rows, int phase) {
        var phaseX = phase % x.stride();
        var low = Math.clamp(Math.ceilDiv(x.pad() - phaseX, x.stride()), 0, pitch);
        var high = Math.clamp(Math.floorDiv(x.input() - 1 + x.pad() - phaseX, x.stride()) + 1, low, pitch);
        for (int i = 0; i < rows + reach(y); i++) {
            var at = ((long) phase * subRows + i) * pitch * Float.BYTES;
            var inY = (firstRow + i) * y.stride() + phase / x.stride() - y.pad();
            if (y.contains(inY)) {
                var line = ((long) plane * y.input() + inY) * x.input();
                var first = (line + (long) low * x.stride() + phaseX - x.pad()) * Float.BYTES;
                copyRow(frame, first, low, high, at);
            } else {
                tile.packZeros(frame.scratch(), at, pitch);
            }
        }
    }

    private void copyRow(Frame frame, long sourceAt, int low, int high, long at) {
        var scratch = frame.scratch();
        if (low > 0) {
            tile.packZeros(scratch, at, low);
        }
        if (high > low) {
            tile.pack(
                    frame.operand(0), sourceAt, x.stride(), scratch, at + (long) low * Float.BYTES, high - low);
        }
        if (pitch > high) {
            tile.packZeros(scratch, at + (long) high * Float.BYTES, pitch - high);
        }
    }
}
