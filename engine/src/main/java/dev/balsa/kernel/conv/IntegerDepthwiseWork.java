package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.conv.DepthwiseCode.Argument;
import dev.balsa.kernel.conv.DepthwiseCode.Form;
import dev.balsa.kernel.tile.Widening;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A depthwise convolution of integers in floats, which hold its sums exactly. Unit by unit, what the windows of
/// some lines of output pixels see of some channels is made floats, with padding, in the worker's memory, where it
/// stays in a cache.
final class IntegerDepthwiseWork implements CodeWork {
    /// Memory of floats that stays in a second-level cache of 512 KB.
    private static final long CACHED = 128L << 10;
    /// Lines of output that are worth the rows of the image that neighbouring units make floats of, too.
    private static final int GOOD_LINES = 8;
    private static final long ALIGNMENT = 64;

    /// Channels that are done together.
    ///
    /// @param large makes the pixels before `middle`
    /// @param small makes those from there on
    private record Chunk(
            int first, int count, MemorySegment weights, int middle, MachineCode large, MachineCode small) {}

    private final IntegerConvRequest request;
    private final VectorUnit unit;
    private final Axis height;
    private final Axis width;
    /// Pixels of a row with padding, as far as windows see it.
    private final int seen;
    private final int planes;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final List<Chunk> chunks = new ArrayList<>();
    private final int mostChannels;
    private final int bandLines;
    private final int bands;
    private final Widening widening;

    IntegerDepthwiseWork(IntegerConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        var axes = Axis.all(request.window());
        height = axes.get(1);
        width = axes.get(2);
        seen = (width.output() - 1) * width.stride() + (width.kernel() - 1) * width.dilation() + 1;
        planes = Math.multiplyExact(request.batch(), axes.get(0).output());
        stages = request.epilogue().stages();
        operands = new OperandAddresses(stages);
        int block = 2 * unit.lanes();
        long channels = CACHED / ((long) rows(Math.min(GOOD_LINES, height.output())) * seen * Float.BYTES);
        long fits = Math.max(2L * block, channels / block * block);
        int most = (int) Math.min(fits, Math.ceilDiv(request.channels(), block) * (long) block);
        int count = Math.ceilDiv(request.channels(), most);
        mostChannels = Math.ceilDiv(Math.ceilDiv(request.channels(), count), block) * block;
        for (int first = 0; first < request.channels(); first += mostChannels) {
            chunks.add(chunk(first, Math.min(mostChannels, request.channels() - first), constants));
        }
        int fitting = 1;
        while (fitting < height.output() && (long) rows(fitting + 1) * seen * mostChannels * Float.BYTES <= CACHED) {
            fitting++;
        }
        bands = Math.ceilDiv(height.output(), fitting);
        bandLines = Math.ceilDiv(height.output(), bands);
        widening = new Widening(unit, request.signed(), request.zeroPoint(), WidenCode.Target.FLOATS, constants);
    }

    /// Rows of the image, with padding, that the windows of so many lines of pixels span.
    private int rows(int lines) {
        return (lines - 1) * height.stride() + (height.kernel() - 1) * height.dilation() + 1;
    }

    private Chunk chunk(int first, int count, Constants constants) {
        int pixels = width.output();
        int tiles = Math.ceilDiv(pixels, Form.mostPixels());
        int fewer = pixels / tiles;
        int more = pixels % tiles;
        var forFewer = form(fewer, count);
        var forMore = more == 0 ? forFewer : form(fewer + 1, count);
        var packed = constants.packed(
                request.weights().memory(),
                "depthwise integers " + unit.lanes() + " " + first + " " + forFewer.blocks() + " " + count + " "
                        + request.window().kernelSize(),
                (long) Math.ceilDiv(count, unit.lanes())
                        * unit.bytes()
                        * request.window().kernelSize(),
                target -> pack(forFewer, first, target));
        return new Chunk(
                first,
                count,
                packed,
                more * (fewer + 1),
                constants.code(forMore.name(), () -> DepthwiseCode.write(forMore)),
                constants.code(forFewer.name(), () -> DepthwiseCode.write(forFewer)));
    }

    private Form form(int pixels, int channels) {
        int bytes = channels * Float.BYTES;
        return new Form(
                unit,
                pixels,
                channels,
                height.kernel(),
                width.kernel(),
                0,
                width.kernel(),
                width.dilation() * bytes,
                width.stride() * bytes,
                request.channels(),
                stages,
                Optional.of(request.result()));
    }

    private void pack(Form form, int firstChannel, MemorySegment target) {
        int taps = form.rows() * form.columns();
        var weights = request.weights();
        var bytes = new byte[form.channels() * taps];
        MemorySegment.copy(weights.memory(), ValueLayout.JAVA_BYTE, (long) firstChannel * taps, bytes, 0, bytes.length);
        var numbers = new float[bytes.length];
        for (int channel = 0; channel < form.channels(); channel++) {
            int zero = weights.zeroPoints().isEmpty()
                    ? 0
                    : zero(weights.zeroPoints().get(), firstChannel + channel);
            for (int i = channel * taps; i < (channel + 1) * taps; i++) {
                numbers[i] = value(bytes[i]) - zero;
            }
        }
        DepthwisePacking.pack(form, numbers, target);
    }

    private int zero(MemorySegment zeros, int channel) {
        return value(zeros.get(ValueLayout.JAVA_BYTE, zeros.byteSize() == 1 ? 0 : channel));
    }

    private int value(byte value) {
        return request.weights().signed() ? value : Byte.toUnsignedInt(value);
    }

    @Override
    public int units(int phase) {
        return Math.multiplyExact(chunks.size(), Math.multiplyExact(planes, bands));
    }

    @Override
    public long workerBytes() {
        return bandAt() + (long) rows(bandLines) * seen * mostChannels * Float.BYTES;
    }

    /// The table of a window's rows is behind the arguments.
    private long tableAt() {
        return Math.max(Argument.operand(operands.count()), Widening.argumentBytes());
    }

    private long bandAt() {
        return Math.ceilDiv(tableAt() + 2L * Long.BYTES * height.kernel(), ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int each = from; each < to; each++) {
            int first = each % bands * bandLines;
            band(
                    frame,
                    chunks.get(each / bands % chunks.size()),
                    each / bands / chunks.size(),
                    first,
                    Math.min(height.output(), first + bandLines));
        }
    }

    private void band(Frame frame, Chunk chunk, int plane, int firstLine, int endLine) {
        if (firstLine >= endLine) {
            return;
        }
        widen(frame, chunk, plane, height.at(firstLine, 0), rows(endLine - firstLine));
        var scratch = frame.scratch();
        long rowBytes = (long) seen * chunk.count * Float.BYTES;
        tellRows(scratch, rowBytes);
        for (int line = firstLine; line < endLine; line++) {
            long row = (long) (line - firstLine) * height.stride();
            long to = ((long) plane * height.output() + line) * width.output() * request.channels() + chunk.first;
            Argument.INPUT.set(scratch, scratch.address() + bandAt() + row * rowBytes);
            Argument.WEIGHTS.set(scratch, chunk.weights.address());
            Argument.OUTPUT.set(
                    scratch,
                    frame.operand(request.output()).address()
                            + to * request.result().bytes());
            operands.set(frame, scratch, Argument.OPERANDS.at(), to * Float.BYTES, (long) chunk.first * Float.BYTES);
            if (chunk.middle > 0) {
                chunk.large.call(0, scratch, 0, chunk.middle);
            }
            chunk.small.call(0, scratch, chunk.middle, width.output());
        }
    }

    private void tellRows(MemorySegment scratch, long rowBytes) {
        long weightBytes = (long) width.kernel() * unit.bytes();
        long at = tableAt();
        for (int row = 0; row < height.kernel(); row++) {
            Effects.putLong(scratch, at, (long) row * height.dilation() * rowBytes);
            Effects.putLong(scratch, at + Long.BYTES, row * weightBytes);
            at += 2L * Long.BYTES;
        }
        Argument.ROWS.set(scratch, scratch.address() + tableAt());
        Argument.ROWS_END.set(scratch, scratch.address() + at);
    }

    /// Makes floats of rows of the image.
    ///
    /// @param firstRow the first of them, counted without padding
    private void widen(Frame frame, Chunk chunk, int plane, int firstRow, int rows) {
        long pixel = (long) chunk.count * Float.BYTES;
        long rowBytes = seen * pixel;
        int before = Math.clamp(width.pad(), 0, seen);
        int first = Math.max(0, -width.pad());
        int count = Math.clamp(Math.min(width.input() - first, seen - before), 0, seen);
        var scratch = frame.scratch();
        long source = frame.operand(0).address() + chunk.first;
        for (int row = 0; row < rows; row++) {
            long at = bandAt() + row * rowBytes;
            if (!height.contains(firstRow + row)) {
                Effects.clear(scratch, at, rowBytes);
                continue;
            }
            Effects.clear(scratch, at, before * pixel);
            long line = ((long) plane * height.input() + firstRow + row) * width.input() + first;
            long pixels = source + line * request.channels();
            long target = scratch.address() + at + before * pixel;
            if (chunk.count == request.channels()) {
                widening.run(frame, pixels, 0, target, 0, 1, (long) count * chunk.count);
            } else {
                widening.run(frame, pixels, request.channels(), target, pixel, count, chunk.count);
            }
            long end = (before + count) * pixel;
            Effects.clear(scratch, at + end, rowBytes - end);
        }
    }
}
