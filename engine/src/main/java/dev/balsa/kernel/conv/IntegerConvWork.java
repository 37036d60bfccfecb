package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.PairFactor;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// A convolution of integers as products of pairs of channels, one per group: a row per pixel, by a column per
/// output channel. What a part's windows see of a group's channels is widened, with its padding, in the worker's
/// memory, which stays in a second-level cache.
final class IntegerConvWork implements Work {
    /// Memory of widened rows that stays in a second-level cache of 512 KB beside weights and results.
    private static final long CACHED = 192L << 10;
    private static final int LEAST_LINES = 2;
    private static final long ALIGNMENT = 64;

    private final IntegerConvRequest request;
    /// The image of one group's channels, in pairs.
    private final PaddedImage image;
    private final Axis width;
    private final List<TileProduct> products = new ArrayList<>();
    private final Widening widening;
    private final int pairs;
    private final long bandBytes;

    IntegerConvWork(IntegerConvRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        var window = request.window();
        int channels = request.channels() / request.groups();
        pairs = Math.ceilDiv(channels, 2);
        image = new PaddedImage(window, request.batch(), pairs);
        var axes = Axis.all(window);
        width = axes.get(2);
        var product = new TileProduct.Request(
                rows(axes),
                depth(axes),
                rowBytes(axes),
                request.outputs() / request.groups(),
                request.epilogue().stages(),
                RowPlaces.of(pixels(), pixel -> (long) pixel * request.outputs()),
                TileProduct.ENOUGH_PARTS,
                bandPixels(axes),
                Sight.PLAIN);
        for (int group = 0; group < request.groups(); group++) {
            products.add(TileProduct.ofPairs(unit, product, request.result(), right(request, group), constants));
        }
        widening = new Widening(unit, request.signed(), request.zeroPoint(), WidenCode.Target.PAIRS, constants);
        long rows = 0;
        for (int part = 0; part < parts(); part++) {
            rows = Math.max(rows, endRow(part) - firstRow(part));
        }
        bandBytes = rows * image.rowStep() * Integer.BYTES;
    }

    private int pixels() {
        return Math.toIntExact(request.batch() * request.window().outputSize());
    }

    private RowPlaces rows(List<Axis> axes) {
        int wide = axes.get(2).output();
        int high = axes.get(1).output();
        int deep = axes.get(0).output();
        return RowPlaces.of(
                pixels(),
                pixel -> image.place(
                        pixel / wide / high / deep,
                        (long) (pixel / wide / high % deep) * axes.get(0).stride(),
                        (long) (pixel / wide % high) * axes.get(1).stride(),
                        (long) (pixel % wide) * axes.get(2).stride()));
    }

    private Depth depth(List<Axis> axes) {
        var segments = new ArrayList<Depth.Segment>();
        for (int d = 0; d < axes.get(0).kernel(); d++) {
            for (int h = 0; h < axes.get(1).kernel(); h++) {
                for (int w = 0; w < axes.get(2).kernel(); w++) {
                    segments.add(new Depth.Segment(image.tap(d, h, w), pairs));
                }
            }
        }
        return new Depth(segments);
    }

    /// What a pixel more brings into the cache: windows of neighbours overlap.
    private long rowBytes(List<Axis> axes) {
        long positions = 1;
        for (var axis : axes) {
            positions *= Math.min(axis.stride(), axis.kernel());
        }
        return positions * pairs * Integer.BYTES;
    }

    /// How many pixels see so few rows of the image that these stay in the cache.
    private int bandPixels(List<Axis> axes) {
        long lines = CACHED / (image.rowStep() * Integer.BYTES * axes.get(1).stride());
        return (int) Math.min(
                Integer.MAX_VALUE, Math.max(LEAST_LINES, lines) * axes.get(2).output());
    }

    /// The weights of a group as a right factor: a run of rows for each position of the window, its channels.
    static PairFactor right(IntegerConvRequest request, int group) {
        var weights = request.weights();
        int taps = request.window().kernelSize();
        int channels = request.channels() / request.groups();
        int columns = request.outputs() / request.groups();
        long bytes = (long) columns * channels * taps;
        return new PairFactor(
                weights.memory().asSlice(group * bytes, bytes),
                LongStream.range(0, taps).boxed().toList(),
                channels,
                taps,
                (long) taps * channels,
                columns,
                weights.signed(),
                weights.zeroPoints()
                        .map(zeros -> zeros.byteSize() == 1 ? zeros : zeros.asSlice((long) group * columns, columns)));
    }

    /// Parts of each product: they are of the same sizes.
    private int parts() {
        return products.getFirst().parts();
    }

    private int firstRow(int part) {
        return image.firstRow(products.getFirst().firstRow(part));
    }

    private int endRow(int part) {
        return image.endRow(products.getFirst().endRow(part) - 1);
    }

    @Override
    public int units(int phase) {
        return Math.multiplyExact(request.groups(), parts());
    }

    @Override
    public long workerBytes() {
        return bandAt() + bandBytes;
    }

    private long bandAt() {
        long arguments = Math.max(products.getFirst().scratchBytes(), Widening.argumentBytes());
        return Math.ceilDiv(arguments, ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        int widenedGroup = -1;
        int widened = -1;
        for (int unit = from; unit < to; unit++) {
            int group = unit / parts();
            int part = unit % parts();
            var product = products.get(group);
            int row = firstRow(part);
            long origin = bandAt() - row * image.rowStep() * Integer.BYTES;
            if (group != widenedGroup || product.firstRow(part) != widened) {
                widenedGroup = group;
                widened = product.firstRow(part);
                widen(frame, group, origin, row, endRow(part));
            }
            long output = (long) group * (request.outputs() / request.groups());
            product.multiply(
                    frame, frame.scratch(), origin / Integer.BYTES, frame.operand(request.output()), output, part);
        }
    }

    /// Widens rows `from` to `to` (exclusive) of the image with its padding.
    ///
    /// @param origin where row 0 would be in the scratch memory, in bytes
    private void widen(Frame frame, int group, long origin, int from, int to) {
        int channels = request.channels() / request.groups();
        long pixel = (long) pairs * Integer.BYTES;
        long rowBytes = image.rowStep() * Integer.BYTES;
        int seen = Math.toIntExact(image.rowStep() / pairs);
        int before = Math.clamp(width.pad(), 0, seen);
        int first = Math.max(0, -width.pad());
        int count = Math.clamp(Math.min(width.input() - first, seen - before), 0, seen);
        var scratch = frame.scratch();
        long source = frame.operand(0).address() + (long) group * channels;
        boolean isDense = request.groups() == 1 && channels % 2 == 0;
        for (int row = from; row < to; row++) {
            long at = origin + row * rowBytes;
            long line = image.inputLine(row);
            if (line < 0) {
                Zeros.fill(scratch, at, rowBytes);
                continue;
            }
            Zeros.fill(scratch, at, before * pixel);
            long pixels = source + (line * width.input() + first) * request.channels();
            long target = scratch.address() + at + before * pixel;
            if (isDense) {
                widening.run(frame, pixels, 0, target, 0, 1, (long) count * channels);
            } else {
                widening.run(frame, pixels, request.channels(), target, pixel, count, channels);
            }
            long end = (before + count) * pixel;
            Zeros.fill(scratch, at + end, rowBytes - end);
        }
    }
}
