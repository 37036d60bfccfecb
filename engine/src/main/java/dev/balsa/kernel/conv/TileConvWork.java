package dev.balsa.kernel.conv;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// A convolution as a product: a row per pixel, which sees its window as segments of neighbouring elements
/// (positions side by side of all channels are one), by a column per output channel. One product per group.
///
/// Where windows leave the image, what a part's windows see of it is copied with its padding into the worker's
/// memory; where there are several groups, which would copy the same again and again, a first phase copies the
/// whole image. A family of products may see to that instead.
final class TileConvWork implements CodeWork {
    /// Memory of an image's rows that a part copies: what a block of depth sees of it stays in a second-level cache
    /// of 512 KB, and all of it near. With fewer rows, weights would come from memory too often.
    private static final long BAND = 768L << 10;
    private static final int LEAST_LINES = 2;
    private static final long ALIGNMENT = 64;

    private final ChannelsLastConvRequest request;
    private final PaddedImage image;
    private final boolean isCopied;
    private final PixelProducts products = new PixelProducts();
    /// The only product, where bands of the image are copied for its parts.
    private final Optional<TileProduct> banded;

    TileConvWork(ChannelsLastConvRequest request, ProductFamily family, Constants constants) {
        this.request = request;
        image = new PaddedImage(
                request.window(),
                request.batch(),
                request.imageStep(),
                behind(request, family),
                family.seesThroughPadding() ? Axis.all(request.window()).get(1).stride() : 1);
        isCopied = image.isCopied() && !family.seesThroughPadding();
        var axes = Axis.all(request.window());
        int pixels = Math.toIntExact(request.batch() * request.window().outputSize());
        var rows = image.windows();
        var outputPlaces = RowPlaces.even(pixels, request.resultStep());
        int columns = request.outputs() / request.groups();
        long weightBytes = request.weights().byteSize() / request.groups();
        var product = new TileProduct.Request(
                rows,
                depth(axes),
                rowBytes(request),
                columns,
                request.epilogue().stages(),
                outputPlaces,
                request.parts(),
                isCopied && request.groups() == 1 ? bandPixels(axes) : Integer.MAX_VALUE,
                family.seesThroughPadding() ? image.sight() : Sight.PLAIN,
                request.image(),
                request.result(),
                request.isScaled()
                        ? Optional.of(new TileProduct.Factors(
                                request.factors(),
                                Math.toIntExact(request.window().outputSize())))
                        : Optional.empty());
        for (int group = 0; group < request.groups(); group++) {
            var weights = request.weights().asSlice(group * weightBytes, weightBytes);
            products.add(
                    family.prepare(product, right(weights), constants),
                    (long) group * groupChannels(),
                    (long) group * columns);
        }
        banded = isCopied && request.groups() == 1 && products.only() instanceof TileProduct only
                ? Optional.of(only)
                : Optional.empty();
    }

    /// Pixels that follow each row of the image so that what is read behind its last windows is none of the next row.
    private static int behind(ChannelsLastConvRequest request, ProductFamily family) {
        var width = Axis.all(request.window()).get(2);
        boolean isJoined = request.groups() == 1
                && request.imageStep() == request.channels()
                && width.dilation() == 1
                && width.kernel() > width.stride();
        int segment = width.kernel() * request.channels();
        return isJoined ? Math.ceilDiv(family.readsBehind(segment), request.channels()) : 0;
    }

    /// The size of a group's product; positions side by side of all channels are one segment.
    static ProductFamily.Size size(ChannelsLastConvRequest request) {
        var width = Axis.all(request.window()).get(2);
        int joined = request.groups() == 1 && width.dilation() == 1 ? width.kernel() : 1;
        return new ProductFamily.Size(
                (double) request.batch() * request.window().outputSize(),
                request.outputs() / request.groups(),
                request.window().kernelSize() / joined,
                (long) joined * request.channels() / request.groups());
    }

    /// A whole image that is copied is read and written once more, in a phase of its own; bands of it only cost
    /// about half of that, since they stay in a second-level cache.
    static Cost cost(ChannelsLastConvRequest request, ProductFamily family) {
        var products = family.cost(size(request), rowBytes(request)).times(request.groups());
        var image = new PaddedImage(request.window(), request.batch(), request.channels());
        boolean isCopied = image.isCopied() && !family.seesThroughPadding();
        boolean isWhole = isCopied && request.groups() > 1;
        double bytes = isCopied ? image.bytes() : 0;
        return products.plus(new Cost(0, isWhole ? 2 * bytes : bytes, 0, isWhole ? 2 : 1));
    }

    /// Which operands may have their pixels apart. An image that is copied with its padding may not.
    static Set<Integer> takesApart(ChannelsLastConvRequest request, ProductFamily family) {
        var operands = new TreeSet<Integer>();
        if (family.seesThroughPadding()
                || !new PaddedImage(request.window(), request.batch(), request.channels()).isCopied()) {
            operands.add(0);
        }
        if (!request.epilogue().hasFull()) {
            operands.add(request.output());
        }
        return operands;
    }

    private int groupChannels() {
        return request.channels() / request.groups();
    }

    private Depth depth(List<Axis> axes) {
        var segments = new ArrayList<Depth.Segment>();
        for (int d = 0; d < axes.get(0).kernel(); d++) {
            for (int h = 0; h < axes.get(1).kernel(); h++) {
                for (int w = 0; w < axes.get(2).kernel(); w++) {
                    segments.add(new Depth.Segment(image.tap(d, h, w), groupChannels()));
                }
            }
        }
        return new Depth(segments);
    }

    /// What a pixel more brings into the cache: windows of neighbours overlap.
    private static long rowBytes(ChannelsLastConvRequest request) {
        long positions = 1;
        for (var axis : Axis.all(request.window())) {
            positions *= Math.min(axis.stride(), axis.kernel());
        }
        return positions * (request.channels() / request.groups()) * Float.BYTES;
    }

    /// A run of rows for each position of the window: its channels.
    private TileProduct.Right right(MemorySegment weights) {
        int taps = request.window().kernelSize();
        var runs = LongStream.range(0, taps).boxed().toList();
        return new TileProduct.Right(weights, runs, groupChannels(), taps, (long) taps * groupChannels(), 1);
    }

    /// How many pixels see so few rows of the image that these stay in the cache: at least some lines of them, so
    /// that not too many rows are copied twice.
    private int bandPixels(List<Axis> axes) {
        long lines = BAND / (image.rowStep() * Float.BYTES * axes.get(1).stride());
        return (int) Math.min(
                Integer.MAX_VALUE, Math.max(LEAST_LINES, lines) * axes.get(2).output());
    }

    @Override
    public int phases() {
        return copiesImage() ? 2 : 1;
    }

    private boolean copiesImage() {
        return isCopied && banded.isEmpty();
    }

    @Override
    public int units(int phase) {
        return isCopying(phase) ? image.rows() : products.units();
    }

    private boolean isCopying(int phase) {
        return copiesImage() && phase == 0;
    }

    @Override
    public long sharedBytes() {
        return copiesImage() ? image.bytes() : 0;
    }

    @Override
    public long workerBytes() {
        return banded.map(product -> bandAt() + bandBytes(product)).orElseGet(products::workerBytes);
    }

    private long bandAt() {
        return Math.ceilDiv(products.workerBytes(), ALIGNMENT) * ALIGNMENT;
    }

    private long bandBytes(TileProduct product) {
        long rows = 0;
        for (int part = 0; part < product.parts(); part++) {
            rows = Math.max(rows, endRow(product, part) - firstRow(product, part));
        }
        return rows * image.rowStep() * Float.BYTES;
    }

    /// The image's rows that a part sees.
    private int firstRow(TileProduct product, int part) {
        return image.firstRow(product.firstRow(part));
    }

    private int endRow(TileProduct product, int part) {
        return image.endRow(product.endRow(part) - 1);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (isCopying(phase)) {
            image.copyRows(frame.operand(0), frame.shared(), from, to);
        } else if (banded.isPresent()) {
            runBands(banded.get(), from, to, frame);
        } else {
            var source = isCopied ? frame.shared() : frame.operand(0);
            products.run(frame, source, frame.operand(request.output()), from, to);
        }
    }

    private void runBands(TileProduct product, int from, int to, Frame frame) {
        int copied = -1;
        for (int part = from; part < to; part++) {
            int row = firstRow(product, part);
            long origin = bandAt() - row * image.rowStep() * Float.BYTES;
            if (product.firstRow(part) != copied) {
                copied = product.firstRow(part);
                image.copyRows(frame.operand(0), frame.scratch(), origin, row, endRow(product, part));
            }
            product.multiply(
                    frame, frame.scratch(), origin / Float.BYTES, frame.operand(request.output()), 0, part, part + 1);
        }
    }
}
