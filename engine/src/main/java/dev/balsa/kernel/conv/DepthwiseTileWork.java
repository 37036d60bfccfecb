package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.DepthwiseCode.Argument;
import dev.balsa.kernel.conv.DepthwiseForm.Segment;
import dev.balsa.kernel.conv.DepthwiseForm.Taps;
import dev.balsa.kernel.conv.DepthwiseForm.Tile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A depthwise convolution, some output rows of some channels after the other. Where windows leave the image, only what
/// is in it is looked at: tiles at the left and right edges have code of their own, and a table tells which rows there
/// are.
///
/// A unit is a band of output rows, or some channels of it. It goes over its rows for so few channels at a time that
/// what
/// neighbouring rows see stays in the first-level cache, where each is then loaded but once.
final class DepthwiseTileWork implements CodeWork {
    /// Multiply-adds of a unit that take some microseconds, many times what calls and a turn of workers take.
    private static final long LEAST_STEPS = 1 << 17;
    /// Output rows of a band that are worth the rows of the image that neighbouring bands see, too.
    private static final int GOOD_LINES = 3;
    /// What a group of output rows sees and makes: a first-level cache.
    private static final long CACHED = 48L << 10;
    /// Fewer vectors of channels side by side come so slowly from beyond the second-level cache that it does not pay.
    private static final int LEAST_VECTORS = 4;

    /// Channels that are done together.
    ///
    /// @param weights bytes from the first channel's
    /// @param groups makes groups of as many rows as tiles have
    /// @param single makes single rows
    private record Block(int first, long weights, MachineCode groups, MachineCode single) {}

    private final ChannelsLastConvRequest request;
    private final VectorUnit unit;
    private final Axis depth;
    private final Axis height;
    private final Axis width;
    private final Tile tile;
    private final OperandAddresses operands;
    private final MemorySegment weights;
    private final List<Block> blocks = new ArrayList<>();
    private final int planes;
    private final int bands;
    /// Units of a band.
    private final int shares;

    DepthwiseTileWork(ChannelsLastConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        var axes = Axis.all(request.window());
        depth = axes.get(0);
        height = axes.get(1);
        width = axes.get(2);
        tile = tile(unit, request.window(), request.result());
        operands = new OperandAddresses(request.epilogue().stages());
        planes = Math.multiplyExact(request.batch(), depth.output());
        int parts = parts();
        bands = Math.clamp(height.output() / GOOD_LINES, 1, parts);
        var all = form(request.channels(), tile);
        weights = constants.packed(
                request.weights(),
                "depthwise " + tile.vectors() + "x" + unit.lanes() + " " + request.channels() + " "
                        + request.window().kernelSize(),
                all.packedBytes(),
                target -> pack(all, target));
        divide(constants, parts / bands);
        shares = Math.clamp(parts / bands, 1, blocks.size());
    }

    /// What is summed up at once for a window; whole chunks of a result in parts.
    static Tile tile(VectorUnit unit, Window window, Storage result) {
        var axes = Axis.all(window);
        int vectors = result == Storage.PARTS ? Storage.CHUNK / unit.lanes() : 1;
        return Tile.of(unit, Taps.of(axes.get(1)), Taps.of(axes.get(2)), window.kernelSize(), vectors);
    }

    /// Units of a plane that are large enough: a power of two, since so many can be shared evenly by as many workers
    /// as there usually are.
    private int parts() {
        long pixels = request.window().outputSize() / depth.output();
        long steps = pixels * request.channels() * request.window().kernelSize();
        return Math.toIntExact(Long.highestOneBit(Math.max(1, steps / LEAST_STEPS)));
    }

    private void divide(Constants constants, int least) {
        long inputs = (long) Taps.of(height).span(tile.lines()) * width.input();
        long outputs = (long) tile.lines() * width.output();
        int vectors = Math.ceilDiv(request.channels(), unit.lanes());
        int most = Math.ceilDiv(vectors, tile.vectors());
        int fit = (int) Math.min(vectors, CACHED / ((inputs + outputs) * unit.bytes()));
        int wanted = fit < LEAST_VECTORS ? 1 : Math.ceilDiv(vectors, fit);
        int count = Math.clamp(wanted, Math.min(least, most), most);
        for (int i = 0; i < count; i++) {
            int first = start(vectors, i, count);
            int end = Math.min(request.channels(), start(vectors, i + 1, count));
            var groups = form(end - first, tile);
            var single = form(end - first, tile.single());
            blocks.add(new Block(
                    first,
                    (long) first * request.window().kernelSize() * Float.BYTES,
                    constants.code(groups.name(), () -> DepthwiseCode.write(groups)),
                    constants.code(single.name(), () -> DepthwiseCode.write(single))));
        }
    }

    /// The first channel of one of so many parts of all vectors, which begin with whole tiles.
    private int start(int vectors, int part, int parts) {
        return Math.ceilDiv(vectors, tile.vectors()) * part / parts * tile.vectors() * unit.lanes();
    }

    private DepthwiseForm form(int channels, Tile tile) {
        return new DepthwiseForm(
                unit,
                tile,
                Segment.of(width, tile.pixels()),
                channels,
                depth.kernel(),
                depth.kernel() == 1 ? 0 : bandRows(),
                Taps.of(height),
                Taps.of(width),
                request.channels() * request.image().bytes(),
                request.channels(),
                width.output() * request.channels(),
                request.epilogue().stages(),
                request.image(),
                request.result(),
                Optional.empty(),
                request.hasRowMeans());
    }

    /// Rows of the image that the largest band spans.
    private int bandRows() {
        return Taps.of(height).span(Math.ceilDiv(height.output(), bands));
    }

    private void pack(DepthwiseForm form, MemorySegment target) {
        var values = new float[form.channels() * form.taps()];
        MemorySegment.copy(request.weights(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
        DepthwisePacking.pack(form, values, target);
    }

    @Override
    public int units(int phase) {
        return Math.multiplyExact(planes, bands * shares);
    }

    /// Behind the arguments, the table of rows.
    @Override
    public long workerBytes() {
        return tableAt() + (long) depth.kernel() * bandRows() * Long.BYTES;
    }

    private long tableAt() {
        return Argument.operand(operands.count());
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int part = from; part < to; part++) {
            int band = part / shares % bands;
            int plane = part / shares / bands;
            tellRows(frame, plane, line(band), line(band + 1));
            int share = part % shares;
            for (int i = blocks.size() * share / shares; i < blocks.size() * (share + 1) / shares; i++) {
                band(frame, plane, line(band), line(band + 1), blocks.get(i));
            }
        }
    }

    /// Where a band begins.
    private int line(int band) {
        return (int) ((long) height.output() * band / bands);
    }

    private void band(Frame frame, int plane, int first, int end, Block block) {
        int groups = (end - first) / tile.lines();
        int singles = first + groups * tile.lines();
        if (groups > 0) {
            tell(frame, block, plane, first, 0);
            block.groups.call(0, frame.scratch(), 0, groups);
        }
        if (singles < end) {
            tell(frame, block, plane, singles, singles - first);
            block.single.call(0, frame.scratch(), 0, end - singles);
        }
    }

    /// Writes the arguments.
    ///
    /// @param line the first one
    /// @param behind how many lines of the band are before it
    private void tell(Frame frame, Block block, int plane, int line, int behind) {
        var scratch = frame.scratch();
        long row = (long) plane * height.output() + line;
        long first = row * width.output() * request.channels() + block.first;
        long entries = (long) behind * height.stride();
        Argument.ROWS.set(scratch, scratch.address() + tableAt() + entries * Long.BYTES);
        Argument.CHANNEL.set(scratch, (long) block.first * request.image().bytes());
        Argument.WEIGHTS.set(scratch, weights.address() + block.weights);
        Argument.OUTPUT.set(
                scratch,
                frame.operand(request.output()).address()
                        + first * request.result().bytes());
        if (request.hasRowMeans()) {
            long means = (row * request.channels() + block.first) * Float.BYTES;
            Argument.MEANS.set(scratch, frame.operand(request.rowMeans()).address() + means);
        }
        operands.set(frame, scratch, Argument.OPERANDS.at(), first, block.first);
    }

    /// Bytes of a pixel of the image.
    private long pixelBytes() {
        return (long) request.channels() * request.image().bytes();
    }

    /// Writes the table of the rows that a band sees.
    private void tellRows(Frame frame, int plane, int first, int end) {
        int image = plane / depth.output() * depth.input();
        int outside = plane % depth.output();
        long lineBytes = width.input() * pixelBytes();
        long origin = frame.operand(0).address() + width.at(0, 0) * pixelBytes();
        int rows = Taps.of(height).span(end - first);
        for (int d = 0; d < depth.kernel(); d++) {
            int z = depth.at(outside, d);
            for (int i = 0; i < rows; i++) {
                int y = height.at(first, 0) + i;
                boolean inside = depth.contains(z) && height.contains(y);
                long line = ((long) image + z) * height.input() + y;
                long at = tableAt() + ((long) d * bandRows() + i) * Long.BYTES;
                Effects.putLong(frame.scratch(), at, inside ? origin + line * lineBytes : 0);
            }
        }
    }
}
