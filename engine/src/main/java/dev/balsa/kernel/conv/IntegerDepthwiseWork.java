package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Work;
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

/// A depthwise convolution of integers in floats, which hold its sums exactly. Unit by unit, stretches of lines of
/// output pixels are made of some channels. What their windows see is made floats, with padding, row by row, just
/// before the first line that needs it, in the worker's memory: as many rows as a window is high, which take turns
/// and stay in a first-level cache.
final class IntegerDepthwiseWork implements Work {
    /// Memory of rows of floats that stays in a first-level cache of 32 KB.
    private static final long CACHED = 24L << 10;
    /// Channels of a pixel that are made floats in one go without much ado.
    private static final int GOOD_CHANNELS = 64;
    /// Lines of output that are worth the rows of the image that neighbouring units make floats of, too.
    private static final int GOOD_LINES = 16;
    /// Units that are enough to keep several workers busy to about the same end.
    private static final int ENOUGH_UNITS = 48;
    /// Units that are worth more calls for fewer channels.
    private static final int LEAST_UNITS = 8;
    private static final long ALIGNMENT = 64;

    /// Channels that are done together.
    ///
    /// @param large makes tiles of pixels that are one larger than the others, which come first
    /// @param small makes the others
    private record Chunk(int first, int count, MemorySegment weights, MachineCode large, MachineCode small) {}

    private final IntegerConvRequest request;
    private final VectorUnit unit;
    private final Axis height;
    private final Axis width;
    private final int planes;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final List<Chunk> chunks = new ArrayList<>();
    private final int mostChannels;
    /// Rows of the image, with padding, that a window spans.
    private final int held;
    private final int bandLines;
    private final int bands;
    /// Tiles of pixels that a line is made in, the larger ones of them, and pixels of the others.
    private final int tiles;
    private final int largeTiles;
    private final int tilePixels;
    /// Parts that a line's tiles are divided into.
    private final int stretches;
    private final Widening widening;

    IntegerDepthwiseWork(IntegerConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        var axes = Axis.all(request.window());
        height = axes.get(1);
        width = axes.get(2);
        planes = Math.multiplyExact(request.batch(), axes.get(0).output());
        stages = request.epilogue().stages();
        operands = new OperandAddresses(stages);
        tiles = Math.ceilDiv(width.output(), Form.mostPixels());
        tilePixels = width.output() / tiles;
        largeTiles = width.output() % tiles;
        held = (height.kernel() - 1) * height.dilation() + 1;
        int block = 2 * unit.lanes();
        int blocks = Math.ceilDiv(request.channels(), block);
        int good = Math.ceilDiv(height.output(), GOOD_LINES);
        long fitting = Math.max(GOOD_CHANNELS, CACHED / ((long) held * seen(width.output()) * Float.BYTES)) / block;
        long needed = Math.max(
                Math.ceilDiv(blocks, Math.max(1, fitting)),
                Math.min(blocks, Math.ceilDiv(LEAST_UNITS, Math.multiplyExact(good, planes))));
        mostChannels = Math.toIntExact(Math.ceilDiv(blocks, needed) * block);
        for (int first = 0; first < request.channels(); first += mostChannels) {
            chunks.add(chunk(first, Math.min(mostChannels, request.channels() - first), constants));
        }
        int parts = 1;
        while (parts < tiles && held * pixelsBytes(seen(mostPixels(parts))) > CACHED) {
            parts++;
        }
        stretches = parts;
        int wanted = Math.ceilDiv(ENOUGH_UNITS, Math.multiplyExact(chunks.size() * stretches, planes));
        bands = Math.clamp(wanted, 1, good);
        bandLines = Math.ceilDiv(height.output(), bands);
        widening = new Widening(unit, request.signed(), request.zeroPoint(), WidenCode.Target.FLOATS, constants);
    }

    /// Pixels of a row of the image, with padding, that the windows of so many neighbouring pixels see.
    private int seen(int pixels) {
        return (pixels - 1) * width.stride() + (width.kernel() - 1) * width.dilation() + 1;
    }

    /// Bytes of so many pixels as floats.
    private long pixelsBytes(int pixels) {
        return (long) pixels * mostChannels * Float.BYTES;
    }

    /// The most pixels of a stretch if there are so many.
    private int mostPixels(int parts) {
        return Math.min(width.output(), Math.ceilDiv(tiles, parts) * (tilePixels + 1));
    }

    /// The first pixel of a tile.
    private int pixel(int tile) {
        return tile * tilePixels + Math.min(tile, largeTiles);
    }

    private Chunk chunk(int first, int count, Constants constants) {
        var forFewer = form(tilePixels, count);
        var forMore = largeTiles == 0 ? forFewer : form(tilePixels + 1, count);
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
        return Math.multiplyExact(chunks.size() * stretches, Math.multiplyExact(planes, bands));
    }

    @Override
    public long workerBytes() {
        return rowsAt() + held * pixelsBytes(seen(mostPixels(stretches)));
    }

    /// The table of a window's rows is behind the arguments.
    private long tableAt() {
        return Math.max(Argument.operand(operands.count()), Widening.argumentBytes());
    }

    private long rowsAt() {
        return Math.ceilDiv(tableAt() + 2L * Long.BYTES * height.kernel(), ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int each = from; each < to; each++) {
            // Chunks of the same pixels follow each other: they share cache lines of the image.
            int lines = each / chunks.size() / stretches;
            int first = lines % bands * bandLines;
            int stretch = each / chunks.size() % stretches;
            for (int line = first; line < Math.min(height.output(), first + bandLines); line++) {
                line(frame, chunks.get(each % chunks.size()), lines / bands, stretch, line, line == first);
            }
        }
    }

    /// Makes a stretch of a line of output.
    ///
    /// @param isFirst whether none of the rows that it sees have been made floats
    private void line(Frame frame, Chunk chunk, int plane, int stretch, int line, boolean isFirst) {
        int first = pixel(stretch * tiles / stretches);
        int end = pixel((stretch + 1) * tiles / stretches);
        int row = height.at(line, 0);
        int made = isFirst ? row : Math.max(row, height.at(line - 1, 0) + held);
        for (int next = made; next < row + held; next++) {
            widen(frame, chunk, plane, next, first, end - first);
        }
        var scratch = frame.scratch();
        tellRows(scratch, chunk, row, seen(end - first));
        long to = ((long) plane * height.output() + line) * width.output() * request.channels() + chunk.first;
        // Where pixel 0 of the line would be.
        long before = (long) first * width.stride() * chunk.count * Float.BYTES;
        Argument.INPUT.set(scratch, scratch.address() + rowsAt() - before);
        Argument.WEIGHTS.set(scratch, chunk.weights.address());
        Argument.OUTPUT.set(
                scratch,
                frame.operand(request.output()).address()
                        + to * request.result().bytes());
        operands.set(frame, scratch, Argument.OPERANDS.at(), to * Float.BYTES, (long) chunk.first * Float.BYTES);
        int middle = Math.clamp(pixel(largeTiles), first, end);
        if (middle > first) {
            chunk.large.call(0, scratch, first, middle);
        }
        if (end > middle) {
            chunk.small.call(0, scratch, middle, end);
        }
    }

    /// Where the floats of a row of the image are, in bytes from the first: rows take turns.
    private long place(Chunk chunk, int row, int seen) {
        return Math.floorMod(row, held) * (long) seen * chunk.count * Float.BYTES;
    }

    private void tellRows(MemorySegment scratch, Chunk chunk, int first, int seen) {
        long weightBytes = (long) width.kernel() * unit.bytes();
        long at = tableAt();
        for (int row = 0; row < height.kernel(); row++) {
            scratch.set(ValueLayout.JAVA_LONG, at, place(chunk, first + row * height.dilation(), seen));
            scratch.set(ValueLayout.JAVA_LONG, at + Long.BYTES, row * weightBytes);
            at += 2L * Long.BYTES;
        }
        Argument.ROWS.set(scratch, scratch.address() + tableAt());
        Argument.ROWS_END.set(scratch, scratch.address() + at);
    }

    /// Makes floats of what some pixels of output see of a row of the image.
    ///
    /// @param row counted without padding
    private void widen(Frame frame, Chunk chunk, int plane, int row, int firstPixel, int pixels) {
        long pixel = (long) chunk.count * Float.BYTES;
        int seen = seen(pixels);
        long rowBytes = seen * pixel;
        int start = width.at(firstPixel, 0);
        int before = Math.clamp(-start, 0, seen);
        int first = Math.max(0, start);
        int count = Math.clamp(Math.min(width.input() - first, seen - before), 0, seen);
        var scratch = frame.scratch();
        long at = rowsAt() + place(chunk, row, seen);
        if (!height.contains(row)) {
            Zeros.fill(scratch, at, rowBytes);
            return;
        }
        Zeros.fill(scratch, at, before * pixel);
        long line = ((long) plane * height.input() + row) * width.input() + first;
        long source = frame.operand(0).address() + chunk.first + line * request.channels();
        long target = scratch.address() + at + before * pixel;
        if (chunk.count == request.channels()) {
            widening.run(frame, source, 0, target, 0, 1, (long) count * chunk.count);
        } else {
            widening.run(frame, source, request.channels(), target, pixel, count, chunk.count);
        }
        long end = (before + count) * pixel;
        Zeros.fill(scratch, at + end, rowBytes - end);
    }
}
