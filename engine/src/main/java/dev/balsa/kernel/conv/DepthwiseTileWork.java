package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.DepthwiseCode.Argument;
import dev.balsa.kernel.conv.DepthwiseCode.Form;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A depthwise convolution, a row of output pixels after the other. Where windows leave the image, only what is in
/// it is looked at: pixels at the left and right edges have routines of their own, and routines are told which
/// rows of the window to look at.
final class DepthwiseTileWork implements CodeWork {
    /// Multiply-adds of a unit that take some ten microseconds, many times what a call and a turn of workers take.
    private static final long LEAST_STEPS = 1 << 17;

    /// Neighbouring pixels of a row whose windows have the same columns in the image. Those before `middle` are
    /// made in large tiles, the rest in tiles of one pixel less.
    private record Stretch(int first, int middle, int end, MachineCode large, MachineCode small) {}

    private final ChannelsLastConvRequest request;
    private final VectorUnit unit;
    private final List<Axis> axes;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final MemorySegment weights;
    private final List<Stretch> stretches = new ArrayList<>();
    private final int perUnit;
    private final int rows;

    DepthwiseTileWork(ChannelsLastConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        axes = Axis.all(request.window());
        stages = request.epilogue().stages();
        operands = new OperandAddresses(stages);
        int width = axes.get(2).output();
        int[] starts = stretchStarts(axes.get(2));
        for (int i = 0; i + 1 < starts.length; i++) {
            stretches.add(stretch(starts[i], starts[i + 1], constants));
        }
        weights = constants.packed(
                request.weights(),
                "depthwise " + unit.lanes() + " " + request.channels() + " "
                        + request.window().kernelSize(),
                packedBytes(form(1, 0)),
                target -> pack(form(1, 0), target));
        rows = Math.multiplyExact(
                request.batch(), axes.get(0).output() * axes.get(1).output());
        long steps = (long) width * request.channels() * request.window().kernelSize();
        perUnit = (int) Math.max(1, LEAST_STEPS / steps);
    }

    /// Where stretches of a row of pixels begin, and the end.
    static int[] stretchStarts(Axis width) {
        return IntStream.rangeClosed(0, width.output())
                .filter(pixel -> pixel == 0
                        || pixel == width.output()
                        || firstInside(width, pixel) != firstInside(width, pixel - 1)
                        || endInside(width, pixel) != endInside(width, pixel - 1))
                .toArray();
    }

    /// The first position of a window that is in the image, as for [#endInside].
    private static int firstInside(Axis axis, int out) {
        return Math.clamp(Math.ceilDiv(-axis.at(out, 0), axis.dilation()), 0, axis.kernel());
    }

    /// The position behind the last one of a window that is in the image; where there is none, not above the first.
    private static int endInside(Axis axis, int out) {
        return Math.clamp(Math.ceilDiv(axis.input() - axis.at(out, 0), axis.dilation()), 0, axis.kernel());
    }

    private Stretch stretch(int first, int end, Constants constants) {
        int count = end - first;
        int tiles = Math.ceilDiv(count, Form.mostPixels());
        int fewer = count / tiles;
        int more = count % tiles;
        var forFewer = form(fewer, first);
        var small = constants.code(forFewer.name(), () -> DepthwiseCode.write(forFewer));
        if (more == 0) {
            return new Stretch(first, first, end, small, small);
        }
        var forMore = form(fewer + 1, first);
        var large = constants.code(forMore.name(), () -> DepthwiseCode.write(forMore));
        return new Stretch(first, first + more * (fewer + 1), end, large, small);
    }

    /// @param pixel one of the stretch
    private Form form(int pixels, int pixel) {
        var width = axes.get(2);
        int first = firstInside(width, pixel);
        int bytes = request.channels() * Float.BYTES;
        return new Form(
                unit,
                pixels,
                request.channels(),
                axes.get(0).kernel() * axes.get(1).kernel(),
                width.kernel(),
                first,
                Math.max(first, endInside(width, pixel)),
                width.dilation() * bytes,
                width.stride() * bytes,
                request.channels(),
                stages,
                Optional.empty());
    }

    private static long packedBytes(Form form) {
        return (long) Math.ceilDiv(form.channels(), form.unit().lanes())
                * form.unit().bytes()
                * form.rows()
                * form.columns();
    }

    private void pack(Form form, MemorySegment target) {
        var weights = new float[form.channels() * form.rows() * form.columns()];
        MemorySegment.copy(request.weights(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, weights, 0, weights.length);
        DepthwisePacking.pack(form, weights, target);
    }

    @Override
    public int units(int phase) {
        return Math.ceilDiv(rows, perUnit);
    }

    /// Behind the arguments, the table of a window's rows.
    @Override
    public long workerBytes() {
        return Argument.operand(operands.count())
                + 2L * Long.BYTES * axes.get(0).kernel() * axes.get(1).kernel();
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        int end = Math.min(rows, to * perUnit);
        for (int row = from * perUnit; row < end; row++) {
            row(frame, row);
        }
    }

    private void row(Frame frame, int row) {
        var width = axes.get(2);
        int height = axes.get(1).output();
        int depth = axes.get(0).output();
        int h = row % height;
        int d = row / height % depth;
        long image = (long) (row / height / depth)
                * axes.get(0).input()
                * axes.get(1).input();
        long to = (long) row * width.output() * request.channels() * Float.BYTES;
        var scratch = frame.scratch();
        tellRows(scratch, image, d, h);
        Argument.INPUT.set(scratch, frame.operand(0).address() + width.at(0, 0) * pixelBytes());
        Argument.WEIGHTS.set(scratch, weights.address());
        Argument.OUTPUT.set(scratch, frame.operand(request.output()).address() + to);
        operands.set(frame, scratch, Argument.OPERANDS.at(), to, 0);
        for (int i = 0; i < stretches.size(); i++) {
            var stretch = stretches.get(i);
            if (stretch.middle > stretch.first) {
                stretch.large.call(0, scratch, stretch.first, stretch.middle);
            }
            stretch.small.call(0, scratch, stretch.middle, stretch.end);
        }
    }

    private long pixelBytes() {
        return (long) request.channels() * Float.BYTES;
    }

    /// Writes the table of the window's rows that are in the image.
    ///
    /// @param image rows of all images before this one
    private void tellRows(MemorySegment scratch, long image, int outD, int outH) {
        var depth = axes.get(0);
        var height = axes.get(1);
        long lineBytes = axes.get(2).input() * pixelBytes();
        long weightBytes = (long) axes.get(2).kernel() * unit.bytes();
        long table = Argument.operand(operands.count());
        long at = table;
        for (int d = firstInside(depth, outD); d < endInside(depth, outD); d++) {
            for (int h = firstInside(height, outH); h < endInside(height, outH); h++) {
                long line = image + (long) depth.at(outD, d) * height.input() + height.at(outH, h);
                Effects.putLong(scratch, at, line * lineBytes);
                Effects.putLong(scratch, at + Long.BYTES, (d * height.kernel() + h) * weightBytes);
                at += 2L * Long.BYTES;
            }
        }
        Argument.ROWS.set(scratch, scratch.address() + table);
        Argument.ROWS_END.set(scratch, scratch.address() + at);
    }
}
