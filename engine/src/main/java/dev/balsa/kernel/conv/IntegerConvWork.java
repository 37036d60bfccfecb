package dev.balsa.kernel.conv;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.amx.IntegerProducts;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.tile.BandedProduct;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.PairFactor;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.Widening;
import dev.balsa.kernel.tile.ZeroPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A convolution of integers as products of quads or pairs of channels, one per group: a row per pixel, by a
/// column per output channel. What a part's windows see of a group's channels is copied, with its padding, into
/// the worker's memory, which stays in a second-level cache: as it is, without sign, or widened to pairs. Where
/// quads lie in the image as windows see them, nothing is copied.
final class IntegerConvWork implements CodeWork {
    /// Memory of widened rows that stays in a second-level cache of 512 KB beside weights and results.
    private static final long CACHED = 192L << 10;
    private static final int LEAST_LINES = 2;
    private static final long ALIGNMENT = 64;

    private final IntegerConvRequest request;
    /// The image of one group's channels, in pairs or quads.
    private final PaddedImage image;
    private final Axis width;
    private final List<BandedProduct> products = new ArrayList<>();
    private final boolean quads;
    /// How channels become pairs or quads, or nothing if they are as they are.
    private final Optional<Widening> widening;
    /// Of rows as they are read; pairs are less it.
    private final ZeroPoint zeroPoint;
    /// Whether windows are read in the image.
    private final boolean direct;
    /// Pairs or quads of a group's channels.
    private final int elements;
    private final long bandBytes;

    IntegerConvWork(IntegerConvRequest request, IntegerUnit unit, Constants constants) {
        this.request = request;
        var window = request.window();
        var axes = Axis.all(window);
        width = axes.get(2);
        int channels = request.channels() / request.groups();
        quads = products.addAll(ofQuads(window, axes, channels, unit, constants));
        elements = Math.ceilDiv(channels, quads ? Integer.BYTES : 2);
        image = new PaddedImage(window, request.batch(), elements);
        for (int group = 0; group < request.groups() && !quads; group++) {
            products.add(TileProduct.ofPairs(
                    unit.vectors(),
                    product(axes, image, elements),
                    request.result(),
                    right(request, group),
                    constants));
        }
        // Bytes with a sign are moved up by 128 then.
        boolean moved = quads && request.signed() && !products.getFirst().takesSigns();
        boolean asTheyAre = quads && !moved && channels % Integer.BYTES == 0;
        direct = asTheyAre && isDirect(image, channels);
        zeroPoint = new ZeroPoint(request.zeroPoint(), request.signed(), moved ? -Byte.MIN_VALUE : 0);
        widening = asTheyAre
                ? Optional.empty()
                : Optional.of(new Widening(
                        unit.vectors(),
                        quads ? moved : request.signed(),
                        zeroPoint,
                        quads ? WidenCode.Target.QUADS : WidenCode.Target.PAIRS,
                        constants));
        long rows = 0;
        for (int part = 0; part < parts(); part++) {
            rows = Math.max(rows, endRow(part) - firstRow(part));
        }
        bandBytes = direct
                ? 0
                : rows * image.rowStep() * Integer.BYTES + products.getFirst().slackBytes();
    }

    /// Whether windows can be read in the image as it is.
    private boolean isDirect(PaddedImage seen, int channels) {
        return request.groups() == 1 && !seen.isCopied() && channels % Integer.BYTES == 0;
    }

    /// The products of all groups as those of quads, or nothing if one of them is better done by pairs.
    private List<BandedProduct> ofQuads(
            Window window, List<Axis> axes, int channels, IntegerUnit unit, Constants constants) {
        if (!unit.takesQuads(request.signed(), channels)) {
            return List.of();
        }
        int each = Math.ceilDiv(channels, Integer.BYTES);
        var seen = new PaddedImage(window, request.batch(), each);
        return IntegerProducts.ofQuads(
                unit,
                product(axes, seen, each),
                isDirect(seen, channels) ? request.batch() * window.inputSize() * channels : Long.MAX_VALUE,
                request.signed(),
                request.result(),
                IntStream.range(0, request.groups())
                        .mapToObj(group -> right(request, group))
                        .toList(),
                constants);
    }

    /// @param each pairs or quads of a group's channels
    private TileProduct.Request product(List<Axis> axes, PaddedImage seen, int each) {
        return new TileProduct.Request(
                seen.windows(),
                depth(axes, seen, each),
                rowBytes(axes, each),
                request.outputs() / request.groups(),
                request.epilogue().stages(),
                RowPlaces.even(pixels(), request.outputs()),
                TileProduct.ENOUGH_PARTS,
                bandPixels(axes, seen),
                Sight.PLAIN);
    }

    private int pixels() {
        return Math.toIntExact(request.batch() * request.window().outputSize());
    }

    private static Depth depth(List<Axis> axes, PaddedImage seen, int each) {
        var segments = new ArrayList<Depth.Segment>();
        for (int d = 0; d < axes.get(0).kernel(); d++) {
            for (int h = 0; h < axes.get(1).kernel(); h++) {
                for (int w = 0; w < axes.get(2).kernel(); w++) {
                    segments.add(new Depth.Segment(seen.tap(d, h, w), each));
                }
            }
        }
        return new Depth(segments);
    }

    /// What a pixel more brings into the cache: windows of neighbours overlap.
    private static long rowBytes(List<Axis> axes, int each) {
        long positions = 1;
        for (var axis : axes) {
            positions *= Math.min(axis.stride(), axis.kernel());
        }
        return positions * each * Integer.BYTES;
    }

    /// How many pixels see so few rows of the image that these stay in the cache.
    private static int bandPixels(List<Axis> axes, PaddedImage seen) {
        long lines = CACHED / (seen.rowStep() * Integer.BYTES * axes.get(1).stride());
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
        int copiedGroup = -1;
        int copied = -1;
        for (int unit = from; unit < to; unit++) {
            int group = unit / parts();
            int part = unit % parts();
            var product = products.get(group);
            int row = firstRow(part);
            long origin = direct ? 0 : bandAt() - row * image.rowStep() * Integer.BYTES;
            if (group != copiedGroup || product.firstRow(part) != copied) {
                copiedGroup = group;
                copied = product.firstRow(part);
                if (!direct) {
                    copy(frame, group, origin, row, endRow(part));
                }
                product.tellZeroPoint(frame, zeroPoint);
            }
            var left = direct ? frame.operand(0) : frame.scratch();
            long output = (long) group * (request.outputs() / request.groups());
            product.multiply(frame, left, origin / Integer.BYTES, frame.operand(request.output()), output, part);
        }
    }

    /// Copies rows `from` to `to` (exclusive) of the image with its padding: zeros among pairs, which are less
    /// their zero point, and zero points among bytes.
    ///
    /// @param origin where row 0 would be in the scratch memory, in bytes
    private void copy(Frame frame, int group, long origin, int from, int to) {
        int channels = request.channels() / request.groups();
        long pixel = (long) elements * Integer.BYTES;
        long rowBytes = image.rowStep() * Integer.BYTES;
        int seen = Math.toIntExact(image.rowStep() / elements);
        int before = Math.clamp(width.pad(), 0, seen);
        int first = Math.max(0, -width.pad());
        int count = Math.clamp(Math.min(width.input() - first, seen - before), 0, seen);
        for (int row = from; row < to; row++) {
            long at = origin + row * rowBytes;
            long line = image.inputLine(row);
            if (line < 0) {
                pad(frame, at, rowBytes);
                continue;
            }
            pad(frame, at, before * pixel);
            long source = (line * width.input() + first) * request.channels() + (long) group * channels;
            copyPixels(frame, source, at + before * pixel, count);
            long end = (before + count) * pixel;
            pad(frame, at + end, rowBytes - end);
        }
    }

    private void pad(Frame frame, long at, long bytes) {
        int padding = quads ? (zeroPoint.value(frame) & 0xFF) * 0x01010101 : 0;
        if (padding == 0) {
            Effects.clear(frame.scratch(), at, bytes);
        } else {
            Effects.fill(frame.scratch(), at, bytes, padding);
        }
    }

    /// @param from bytes from the image's memory
    /// @param to bytes from the scratch memory
    private void copyPixels(Frame frame, long from, long to, int count) {
        int channels = request.channels() / request.groups();
        long pixel = (long) elements * Integer.BYTES;
        boolean isDense = request.groups() == 1 && channels * (quads ? 1L : 2L) == pixel;
        if (widening.isPresent()) {
            long source = frame.operand(0).address() + from;
            long target = frame.scratch().address() + to;
            if (isDense) {
                widening.get().run(frame, source, 0, target, 0, 1, (long) count * channels);
            } else {
                widening.get().run(frame, source, request.channels(), target, pixel, count, channels);
            }
        } else if (isDense) {
            Effects.copy(frame.operand(0), from, frame.scratch(), to, (long) count * channels);
        } else {
            for (int i = 0; i < count; i++) {
                long source = from + (long) i * request.channels();
                Effects.copy(frame.operand(0), source, frame.scratch(), to + i * pixel, channels);
            }
        }
    }
}
