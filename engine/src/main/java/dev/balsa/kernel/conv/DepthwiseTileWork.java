package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.DepthwiseCode.Argument;
import dev.balsa.kernel.conv.DepthwiseCode.Form;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A depthwise convolution, a row of output pixels after the other. Where windows leave the image, a first phase
/// copies it with its padding.
final class DepthwiseTileWork implements Work {
    /// Multiply-adds of a unit that take some ten microseconds, many times what a call and a turn of workers take.
    private static final long LEAST_STEPS = 1 << 17;

    private final ChannelsLastConvRequest request;
    private final PaddedImage image;
    private final List<Axis> axes;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final MemorySegment weights;
    private final MachineCode large;
    private final MachineCode small;
    /// Pixels of a row that are made in large tiles; the rest are in tiles of one pixel less.
    private final int middle;
    private final int perUnit;
    private final int rows;

    DepthwiseTileWork(ChannelsLastConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        image = new PaddedImage(request.window(), request.batch(), request.channels());
        axes = Axis.all(request.window());
        stages = request.epilogue().stages();
        operands = new OperandAddresses(stages);
        int width = axes.get(2).output();
        int tiles = Math.ceilDiv(width, Form.mostPixels());
        int fewer = width / tiles;
        middle = width % tiles * (fewer + 1);
        var forFewer = form(unit, fewer);
        small = constants.code(forFewer.name(), () -> DepthwiseCode.write(forFewer));
        var forMore = form(unit, fewer + 1);
        large = middle == 0 ? small : constants.code(forMore.name(), () -> DepthwiseCode.write(forMore));
        weights = constants.packed(
                request.weights(),
                "depthwise " + unit.lanes() + " " + request.channels() + " "
                        + request.window().kernelSize(),
                packedBytes(forFewer),
                target -> pack(forFewer, target));
        rows = Math.multiplyExact(
                request.batch(), axes.get(0).output() * axes.get(1).output());
        long steps = (long) width * request.channels() * request.window().kernelSize();
        perUnit = (int) Math.max(1, LEAST_STEPS / steps);
    }

    private Form form(VectorUnit unit, int pixels) {
        var taps = new ArrayList<Integer>();
        for (int d = 0; d < axes.get(0).kernel(); d++) {
            for (int h = 0; h < axes.get(1).kernel(); h++) {
                for (int w = 0; w < axes.get(2).kernel(); w++) {
                    taps.add(Math.toIntExact(image.tap(d, h, w) * Float.BYTES));
                }
            }
        }
        int pixelStep = axes.get(2).stride() * request.channels() * Float.BYTES;
        return new Form(unit, pixels, request.channels(), taps, pixelStep, stages);
    }

    private static long packedBytes(Form form) {
        return (long) Math.ceilDiv(form.channels(), form.unit().lanes())
                * form.unit().bytes()
                * form.taps().size();
    }

    private void pack(Form form, MemorySegment target) {
        int taps = form.taps().size();
        int lanes = form.unit().lanes();
        long at = 0;
        int first = 0;
        for (int vectors : form.blocks()) {
            for (int tap = 0; tap < taps; tap++) {
                for (int i = 0; i < vectors * lanes; i++, at += Float.BYTES) {
                    if (first + i < form.channels()) {
                        long from = ((long) (first + i) * taps + tap) * Float.BYTES;
                        target.set(
                                ValueLayout.JAVA_FLOAT,
                                at,
                                request.weights().get(ValueLayout.JAVA_FLOAT_UNALIGNED, from));
                    }
                }
            }
            first += vectors * lanes;
        }
    }

    @Override
    public int phases() {
        return image.isCopied() ? 2 : 1;
    }

    @Override
    public int units(int phase) {
        return isCopying(phase) ? image.rows() : Math.ceilDiv(rows, perUnit);
    }

    private boolean isCopying(int phase) {
        return image.isCopied() && phase == 0;
    }

    @Override
    public long sharedBytes() {
        return image.bytes();
    }

    @Override
    public long workerBytes() {
        return Argument.operand(operands.count());
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (isCopying(phase)) {
            image.copyRows(frame.operand(0), frame.shared(), from, to);
            return;
        }
        int end = Math.min(rows, to * perUnit);
        for (int row = from * perUnit; row < end; row++) {
            row(frame, row);
        }
    }

    private void row(Frame frame, int row) {
        int height = axes.get(1).output();
        int depth = axes.get(0).output();
        int h = row % height;
        int d = row / height % depth;
        int batch = row / height / depth;
        var source = image.isCopied() ? frame.shared() : frame.operand(0);
        long from = image.place(
                        batch,
                        (long) d * axes.get(0).stride(),
                        (long) h * axes.get(1).stride(),
                        0)
                * Float.BYTES;
        long to = (long) row * axes.get(2).output() * request.channels() * Float.BYTES;
        var scratch = frame.scratch();
        Argument.INPUT.set(scratch, source.address() + from);
        Argument.WEIGHTS.set(scratch, weights.address());
        Argument.OUTPUT.set(scratch, frame.operand(request.output()).address() + to);
        operands.set(frame, scratch, Argument.OPERANDS.at(), to, 0);
        if (middle > 0) {
            large.call(0, scratch, 0, middle);
        }
        small.call(0, scratch, middle, axes.get(2).output());
    }
}
