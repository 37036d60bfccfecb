package dev.balsa.kernel.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.SpanStages;
import dev.balsa.kernel.gemm.GemmOperand;
import dev.balsa.kernel.gemm.GemmRequest;
import dev.balsa.kernel.gemm.GemmWork;
import dev.balsa.kernel.gemm.PanelTile;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.LongStream;

/// A transposed convolution in two phases: a product of the transposed weights with the image, into shared memory,
/// gives what every input position adds to the output by every kernel position; then each line of the output gathers
/// its sums, in an order that does not depend on the split.
final class ConvTransposeWork implements Work {
    private final ConvTransposeRequest request;
    private final GemmWork product;
    private final PanelTile tile;
    private final SpanStages stages;
    private final int taps;
    private final long positions;
    private final Axis z;
    private final Axis y;
    private final Axis x;

    ConvTransposeWork(ConvTransposeRequest request, VectorProvider provider, String name, Constants constants) {
        this.request = request;
        tile = PanelTile.of(provider);
        stages = new SpanStages(request.epilogue().stages(), provider);
        taps = request.window().kernelSize();
        positions = request.window().inputSize();
        product = new GemmWork(productOf(request), provider, name, constants);
        var axes = Axis.all(request.window());
        z = axes.get(0);
        y = axes.get(1);
        x = axes.get(2);
    }

    private static GemmRequest productOf(ConvTransposeRequest request) {
        var groups = request.groups();
        var k = request.channels() / groups;
        var m = Math.multiplyExact(request.outputs() / groups, request.window().kernelSize());
        var n = Math.toIntExact(request.window().inputSize());
        var images = (long) request.batch() * groups;
        var weightsAt =
                LongStream.range(0, images).map(i -> i % groups * k * m).boxed().toList();
        var imagesAt = LongStream.range(0, images).map(i -> i * k * n).boxed().toList();
        var weights = new GemmOperand(true, m, weightsAt, request.weights());
        var image = new GemmOperand(false, n, imagesAt, Optional.empty());
        return new GemmRequest(m, n, k, 1f, weights, image, Epilogue.NONE);
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int units(int phase) {
        return phase == 0 ? product.units(0) : request.batch() * request.outputs() * z.output() * y.output();
    }

    @Override
    public long sharedBytes() {
        return (long) request.batch() * request.outputs() * taps * positions * Float.BYTES;
    }

    @Override
    public long workerBytes() {
        return product.workerBytes();
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (phase == 0) {
            product.run(from, to, frame, frame.operand(1), frame.operand(0), frame.shared());
            return;
        }
        for (int unit = from; unit < to; unit++) {
            var lines = z.output() * y.output();
            gather(frame, unit / lines, unit % lines / y.output(), unit % y.output());
        }
    }

    private void gather(Frame frame, int plane, int outZ, int outY) {
        var out = frame.operand(request.output());
        var line = (long) outZ * y.output() + outY;
        var planeElements = (long) z.output() * y.output() * x.output();
        var outAt = (plane * planeElements + line * x.output()) * Float.BYTES;
        for (int i = 0; i < x.output(); i++) {
            out.set(JAVA_FLOAT_UNALIGNED, outAt + (long) i * Float.BYTES, 0f);
        }
        for (int tapZ = 0; tapZ < z.kernel(); tapZ++) {
            var inZ = source(z, outZ, tapZ);
            for (int tapY = 0; tapY < y.kernel() && inZ >= 0; tapY++) {
                var inY = source(y, outY, tapY);
                if (inY >= 0) {
                    var tap = (tapZ * y.kernel() + tapY) * x.kernel();
                    var row = ((long) plane * taps + tap) * positions + ((long) inZ * y.input() + inY) * x.input();
                    addLines(frame.shared(), row, out, outAt);
                }
            }
        }
        stages.apply(frame, out, outAt, plane, line * x.output(), planeElements, x.output());
    }

    /// The input position that adds to an output position by a kernel position, or -1.
    private static int source(Axis axis, int out, int tap) {
        var scaled = out + axis.pad() - tap * axis.dilation();
        var in = scaled / axis.stride();
        return scaled >= 0 && scaled % axis.stride() == 0 && in < axis.input() ? in : -1;
    }

    private void addLines(MemorySegment sums, long row, MemorySegment out, long outAt) {
        for (int tap = 0; tap < x.kernel(); tap++) {
            var shift = (long) tap * x.dilation() - x.pad();
            var low = Math.clamp(Math.ceilDiv(-shift, (long) x.stride()), 0, x.input());
            var high = Math.clamp(Math.floorDiv(x.output() - 1 - shift, (long) x.stride()) + 1, low, x.input());
            var from = (row + tap * positions + low) * Float.BYTES;
            var to = outAt + ((long) low * x.stride() + shift) * Float.BYTES;
            if (x.stride() == 1) {
                tile.store(sums, from, out, to, high - low, true);
            } else {
                scatter(sums, from, out, to, high - low, x.stride() * (long) Float.BYTES);
            }
        }
    }

    private static void scatter(MemorySegment sums, long from, MemorySegment out, long to, int count, long step) {
        for (int i = 0; i < count; i++) {
            var sum = out.get(JAVA_FLOAT_UNALIGNED, to + i * step)
                    + sums.get(JAVA_FLOAT_UNALIGNED, from + (long) i * Float.BYTES);
            out.set(JAVA_FLOAT_UNALIGNED, to + i * step, sum);
        }
    }
}
