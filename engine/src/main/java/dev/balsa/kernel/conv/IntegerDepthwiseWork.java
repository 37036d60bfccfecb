package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.conv.DepthwiseCode.Argument;
import dev.balsa.kernel.conv.DepthwiseForm.Segment;
import dev.balsa.kernel.conv.DepthwiseForm.Taps;
import dev.balsa.kernel.conv.DepthwiseForm.Tile;
import dev.balsa.kernel.tile.Widening;
import dev.balsa.kernel.tile.ZeroPoint;
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
    /// @param groups makes groups of as many rows as tiles have
    /// @param single makes single rows
    private record Chunk(int first, int count, MemorySegment weights, MachineCode groups, MachineCode single) {}

    private final IntegerConvRequest request;
    private final VectorUnit unit;
    private final Axis height;
    private final Axis width;
    /// Pixels of a row with padding, as far as windows see it.
    private final int seen;
    private final int planes;
    private final Tile tile;
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
        seen = Taps.of(width).span(width.output());
        planes = Math.multiplyExact(request.batch(), axes.get(0).output());
        stages = request.epilogue().stages();
        operands = new OperandAddresses(stages);
        tile = Tile.of(unit, Taps.of(height), Taps.of(width), request.window().kernelSize(), 2);
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
        var zeroPoint = new ZeroPoint(request.zeroPoint(), request.signed(), 0);
        widening = new Widening(unit, request.signed(), zeroPoint, WidenCode.Target.FLOATS, constants);
    }

    /// Rows of the image, with padding, that the windows of so many lines of pixels span.
    private int rows(int lines) {
        return Taps.of(height).span(lines);
    }

    private Chunk chunk(int first, int count, Constants constants) {
        var groups = form(tile, count);
        var single = form(tile.single(), count);
        var packed = constants.packed(
                request.weights().memory(),
                "depthwise integers " + unit.lanes() + " " + first + " " + groups.blocks() + " " + count + " "
                        + request.window().kernelSize(),
                groups.packedBytes(),
                target -> pack(groups, first, target));
        return new Chunk(
                first,
                count,
                packed,
                constants.code(groups.name(), () -> DepthwiseCode.write(groups)),
                constants.code(single.name(), () -> DepthwiseCode.write(single)));
    }

    private DepthwiseForm form(Tile tile, int channels) {
        var padded = new Axis(seen, width.kernel(), width.stride(), width.dilation(), 0, width.output());
        return new DepthwiseForm(
                unit,
                tile,
                Segment.of(padded, tile.pixels()),
                channels,
                1,
                0,
                Taps.of(height),
                Taps.of(width),
                channels * Float.BYTES,
                request.channels(),
                width.output() * request.channels(),
                stages,
                Storage.FLOATS,
                Storage.FLOATS,
                Optional.of(request.result()),
                false);
    }

    private void pack(DepthwiseForm form, int firstChannel, MemorySegment target) {
        int taps = form.taps();
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
        return Math.ceilDiv(tableAt() + (long) rows(bandLines) * Long.BYTES, ALIGNMENT) * ALIGNMENT;
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
        int groups = (endLine - firstLine) / tile.lines();
        int singles = firstLine + groups * tile.lines();
        tellRows(frame.scratch(), rows(endLine - firstLine), (long) seen * chunk.count * Float.BYTES);
        if (groups > 0) {
            tell(frame, chunk, plane, firstLine, 0);
            chunk.groups.call(0, frame.scratch(), 0, groups);
        }
        if (singles < endLine) {
            tell(frame, chunk, plane, singles, singles - firstLine);
            chunk.single.call(0, frame.scratch(), 0, endLine - singles);
        }
    }

    /// Writes the arguments.
    ///
    /// @param line the first one
    /// @param behind how many lines of the band are before it
    private void tell(Frame frame, Chunk chunk, int plane, int line, int behind) {
        var scratch = frame.scratch();
        long to = ((long) plane * height.output() + line) * width.output() * request.channels() + chunk.first;
        long entries = (long) behind * height.stride();
        Argument.ROWS.set(scratch, scratch.address() + tableAt() + entries * Long.BYTES);
        Argument.CHANNEL.set(scratch, 0);
        Argument.WEIGHTS.set(scratch, chunk.weights.address());
        Argument.OUTPUT.set(
                scratch,
                frame.operand(request.output()).address()
                        + to * request.result().bytes());
        operands.set(frame, scratch, Argument.OPERANDS.at(), to, chunk.first);
    }

    private void tellRows(MemorySegment scratch, int rows, long rowBytes) {
        for (int row = 0; row < rows; row++) {
            long address = scratch.address() + bandAt() + row * rowBytes;
            Effects.putLong(scratch, tableAt() + (long) row * Long.BYTES, address);
        }
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
