package dev.balsa.kernel.conv;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.FactorTurn;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// A 3x3 convolution of stride 1 by [WinogradTransform]: tile by tile the image's squares are taken apart,
/// position by position the parts of all tiles are multiplied with the kernels', and the products are put
/// together.
///
/// It goes over blocks of tiles whose parts and products stay in the caches, in three phases each. Parts lie as
/// `[position][tile][channel]` in shared scratch memory, products behind them as `[position][tile][output]`,
/// channels padded to whole vectors. Squares that reach out of the image are copied first, with zeros around.
final class WinogradWork implements CodeWork {
    private static final int PHASES = 3;
    /// Memory of a block's parts and products: as much as the kernels' parts take, which are read for every block,
    /// but no less than makes products of some hundred rows, and no more than fits a shared cache.
    private static final long LEAST_BLOCK = 4 << 20;

    static final long MOST_BLOCK = 8 << 20;
    /// Vectors of elements of a unit of taking apart or putting together: some ten microseconds.
    private static final int UNIT = 6_000;
    /// Parts of all products that keep several workers busy to about the same end.
    private static final int ENOUGH_PARTS = 72;

    private static final int LINE = 64;

    private final ChannelsLastConvRequest request;
    private final WinogradTransform transform;
    private final Axis height;
    private final Axis width;
    private final int tilesDown;
    private final int tilesAcross;
    private final int tiles;
    private final int blockTiles;
    private final int blocks;
    private final int unitTiles;
    /// Bytes of a tile's channels, of one position.
    private final long partBytes;
    private final long productBytes;
    private final long partStep;
    private final long productStep;
    private final MachineCode spread;
    private final long wholeBytes;
    /// By whether rows, and columns, are those of the last tile.
    private final MachineCode[] gather = new MachineCode[4];

    private final OperandAddresses operands;
    private final List<TileProduct> products = new ArrayList<>();

    WinogradWork(ChannelsLastConvRequest request, WinogradTransform transform, VectorUnit unit, Constants constants) {
        this.request = request;
        this.transform = transform;
        var axes = Axis.all(request.window());
        height = axes.get(1);
        width = axes.get(2);
        int tile = transform.tile();
        tilesDown = Math.ceilDiv(height.output(), tile);
        tilesAcross = Math.ceilDiv(width.output(), tile);
        tiles = Math.toIntExact((long) request.batch() * tilesDown * tilesAcross);
        partBytes = padded(request.channels(), unit);
        productBytes = padded(request.outputs(), unit);
        long tileBytes = (partBytes + productBytes) * transform.positions();
        blocks = blocks(request, transform, unit);
        blockTiles = Math.ceilDiv(tiles, blocks);
        unitTiles = (int) Math.max(1, UNIT * (long) unit.bytes() / tileBytes);
        partStep = apart(blockTiles * partBytes);
        productStep = apart(blockTiles * productBytes);
        wholeBytes = (long) request.channels() / unit.lanes() * unit.bytes();
        spread = spread(unit, constants, "image" + transform.span(), transform.image(), request.channels());
        operands = new OperandAddresses(request.epilogue().stages());
        prepareGather(unit, constants);
        prepareProducts(unit, constants);
    }

    /// How many blocks of tiles the work goes over.
    static int blocks(ChannelsLastConvRequest request, WinogradTransform transform, VectorUnit unit) {
        var output = request.window().lifted().output();
        long tiles = (long) request.batch()
                * Math.ceilDiv(output.get(1), transform.tile())
                * Math.ceilDiv(output.get(2), transform.tile());
        long tileBytes = (padded(request.channels(), unit) + padded(request.outputs(), unit)) * transform.positions();
        long kernelBytes = (long) request.channels() * request.outputs() * Float.BYTES * transform.positions();
        return Math.toIntExact(Math.ceilDiv(tiles * tileBytes, Math.clamp(kernelBytes, LEAST_BLOCK, MOST_BLOCK)));
    }

    private static long padded(int channels, VectorUnit unit) {
        return (long) Math.ceilDiv(channels, unit.lanes()) * unit.bytes();
    }

    /// An odd number of lines: elements of the same tile and channel then fall into different sets of the caches.
    private static long apart(long bytes) {
        return (Math.ceilDiv(bytes, LINE) | 1) * (long) LINE;
    }

    static MachineCode spread(VectorUnit unit, Constants constants, String name, double[][] matrix, int channels) {
        int lastLanes = channels % unit.lanes();
        return constants.code(
                WinogradSpreadCode.name(unit, name, lastLanes),
                () -> WinogradSpreadCode.write(unit, matrix, lastLanes));
    }

    private void prepareGather(VectorUnit unit, Constants constants) {
        int pixelBytes = Math.toIntExact(request.resultStep() * Float.BYTES);
        for (int kind = 0; kind < gather.length; kind++) {
            var form = new WinogradGatherCode.Form(
                    unit,
                    transform,
                    isLast(kind, 2) ? last(height) : transform.tile(),
                    isLast(kind, 1) ? last(width) : transform.tile(),
                    request.outputs(),
                    pixelBytes,
                    width.output() * pixelBytes,
                    Math.toIntExact(productStep),
                    Math.toIntExact(productBytes),
                    request.epilogue().stages());
            gather[kind] = constants.code(form.name(), () -> WinogradGatherCode.write(form));
        }
    }

    private static boolean isLast(int kind, int bit) {
        return (kind & bit) != 0;
    }

    /// Outputs of the last tile along an axis.
    private int last(Axis axis) {
        return (axis.output() - 1) % transform.tile() + 1;
    }

    private void prepareProducts(VectorUnit unit, Constants constants) {
        int channels = request.channels();
        int outputs = request.outputs();
        long panelBytes = TileProduct.packedBytes(unit, outputs, channels);
        long panelStep = apart(panelBytes);
        var kernels = spread(unit, constants, "kernel" + transform.span(), transform.kernel(), 0);
        var packed = constants.packed(
                request.weights(),
                "winograd " + transform.tile() + " " + TileProduct.packedForm(unit, outputs, channels),
                panelStep * transform.positions(),
                target -> packKernels(unit, panelStep, kernels, target, constants));
        var product = new TileProduct.Request(
                RowPlaces.even(blockTiles, partBytes / Float.BYTES),
                new Depth(List.of(new Depth.Segment(0, channels))),
                partBytes,
                outputs,
                List.of(),
                RowPlaces.even(blockTiles, productBytes / Float.BYTES),
                Math.ceilDiv(ENOUGH_PARTS, transform.positions()));
        var first = new TileProduct(unit, product, packed.asSlice(0, panelBytes), constants);
        products.add(first);
        for (int position = 1; position < transform.positions(); position++) {
            products.add(first.with(packed.asSlice(position * panelStep, panelBytes)));
        }
    }

    /// Turns kernels until neighbours are what neighbours in a panel are, then takes them apart into panels.
    private void packKernels(
            VectorUnit unit, long panelStep, MachineCode code, MemorySegment target, Constants constants) {
        int taps = request.window().kernelSize();
        int channels = request.channels();
        var right = new TileProduct.Right(
                request.weights(),
                LongStream.range(0, taps).boxed().toList(),
                channels,
                taps,
                (long) taps * channels,
                1);
        new FactorTurn(unit, request.outputs(), right, constants).run(part -> {
            var arguments = part.arguments();
            WinogradSpreadCode.Argument.SOURCE.set(arguments, part.source());
            WinogradSpreadCode.Argument.ROW_STEP.set(arguments, part.rowBytes() * WinogradTransform.KERNEL);
            WinogradSpreadCode.Argument.COLUMN_STEP.set(arguments, part.rowBytes());
            WinogradSpreadCode.Argument.SOURCE_TILE.set(arguments, part.rowBytes() * taps);
            WinogradSpreadCode.Argument.TARGET.set(
                    arguments, target.address() + part.before() * channels + part.row() * part.rowBytes());
            WinogradSpreadCode.Argument.POSITION_STEP.set(arguments, panelStep);
            WinogradSpreadCode.Argument.TARGET_TILE.set(arguments, part.rowBytes());
            WinogradSpreadCode.Argument.WHOLE.set(arguments, part.rowBytes());
            code.call(0, arguments, 0, part.rows());
        });
    }

    @Override
    public int phases() {
        return PHASES * blocks;
    }

    private int blockStart(int block) {
        return Math.min(tiles, block * blockTiles);
    }

    @Override
    public int units(int phase) {
        int block = phase / PHASES;
        return phase % PHASES == 1
                ? products.size() * products.getFirst().parts()
                : Math.ceilDiv(blockStart(block + 1) - blockStart(block), unitTiles);
    }

    @Override
    public long sharedBytes() {
        return (partStep + productStep) * transform.positions();
    }

    @Override
    public long workerBytes() {
        return Math.max(
                Math.max(products.getFirst().scratchBytes(), WinogradGatherCode.Argument.operand(operands.count())),
                patchAt() + (long) transform.positions() * request.channels() * Float.BYTES);
    }

    private static long patchAt() {
        return Math.ceilDiv(WinogradSpreadCode.Argument.bytes(), LINE) * (long) LINE;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        int start = blockStart(phase / PHASES);
        int end = blockStart(phase / PHASES + 1);
        int first = start + from * unitTiles;
        int last = Math.min(end, start + to * unitTiles);
        switch (phase % PHASES) {
            case 0 -> takeApart(frame, start, first, last);
            case 1 -> multiply(frame, from, to);
            default -> putTogether(frame, start, first, last);
        }
    }

    private void multiply(Frame frame, int from, int to) {
        int parts = products.getFirst().parts();
        long productsAt = partStep * transform.positions();
        for (int unit = from; unit < to; unit++) {
            int position = unit / parts;
            products.get(position)
                    .multiply(
                            frame,
                            frame.shared(),
                            position * partStep / Float.BYTES,
                            frame.shared(),
                            (productsAt + position * productStep) / Float.BYTES,
                            unit % parts);
        }
    }

    private void takeApart(Frame frame, int start, int from, int to) {
        var arguments = frame.scratch();
        long pixel = (long) request.channels() * Float.BYTES;
        int tile = transform.tile();
        int span = transform.span();
        long imagePixel = request.imageStep() * Float.BYTES;
        WinogradSpreadCode.Argument.SOURCE_TILE.set(arguments, tile * imagePixel);
        WinogradSpreadCode.Argument.POSITION_STEP.set(arguments, partStep);
        WinogradSpreadCode.Argument.TARGET_TILE.set(arguments, partBytes);
        WinogradSpreadCode.Argument.WHOLE.set(arguments, wholeBytes);
        int at = from;
        while (at < to) {
            int across = at % tilesAcross;
            int down = at / tilesAcross % tilesDown;
            int image = at / tilesAcross / tilesDown;
            int y = down * tile - height.pad();
            int x = across * tile - width.pad();
            int count = 1;
            if (y >= 0 && y + span <= height.input() && x >= 0 && x + span <= width.input()) {
                int inside = (width.input() - span - x) / tile + 1;
                count = Math.min(Math.min(inside, tilesAcross - across), to - at);
                long place = ((long) image * height.input() + y) * width.input() + x;
                WinogradSpreadCode.Argument.SOURCE.set(
                        arguments, frame.operand(0).address() + place * imagePixel);
                WinogradSpreadCode.Argument.COLUMN_STEP.set(arguments, imagePixel);
                WinogradSpreadCode.Argument.ROW_STEP.set(arguments, width.input() * imagePixel);
            } else {
                copySquare(frame, image, y, x);
                WinogradSpreadCode.Argument.SOURCE.set(arguments, arguments.address() + patchAt());
                WinogradSpreadCode.Argument.COLUMN_STEP.set(arguments, pixel);
                WinogradSpreadCode.Argument.ROW_STEP.set(arguments, span * pixel);
            }
            WinogradSpreadCode.Argument.TARGET.set(arguments, frame.shared().address() + (at - start) * partBytes);
            spread.call(0, arguments, 0, count);
            at += count;
        }
    }

    private void copySquare(Frame frame, int image, int y, int x) {
        long pixel = (long) request.channels() * Float.BYTES;
        int span = transform.span();
        int left = Math.clamp(-(long) x, 0, span);
        int right = Math.clamp((long) width.input() - x, left, span);
        for (int row = 0; row < span; row++) {
            long at = patchAt() + (long) row * span * pixel;
            if (height.contains(y + row) && right > left) {
                long place = ((long) image * height.input() + y + row) * width.input() + x + left;
                Effects.clear(frame.scratch(), at, left * pixel);
                copyPixels(frame, place, at + left * pixel, right - left);
                Effects.clear(frame.scratch(), at + right * pixel, (span - right) * pixel);
            } else {
                Effects.clear(frame.scratch(), at, span * pixel);
            }
        }
    }

    private void copyPixels(Frame frame, long place, long at, int count) {
        long pixel = (long) request.channels() * Float.BYTES;
        long step = request.imageStep() * Float.BYTES;
        int together = step == pixel ? count : 1;
        for (int i = 0; i < count; i += together) {
            Effects.copy(frame.operand(0), (place + i) * step, frame.scratch(), at + i * pixel, together * pixel);
        }
    }

    private void putTogether(Frame frame, int start, int from, int to) {
        var arguments = frame.scratch();
        var result = frame.operand(request.output());
        int tile = transform.tile();
        long productsAt = frame.shared().address() + partStep * transform.positions();
        int at = from;
        while (at < to) {
            int across = at % tilesAcross;
            int down = at / tilesAcross % tilesDown;
            int image = at / tilesAcross / tilesDown;
            boolean isLast = across == tilesAcross - 1;
            int count = isLast ? 1 : Math.min(tilesAcross - 1 - across, to - at);
            long pixel = ((long) image * height.output() + (long) down * tile) * width.output() + (long) across * tile;
            long place = pixel * request.resultStep();
            WinogradGatherCode.Argument.SOURCE.set(arguments, productsAt + (at - start) * productBytes);
            WinogradGatherCode.Argument.TARGET.set(arguments, result.address() + place * Float.BYTES);
            operands.set(frame, arguments, WinogradGatherCode.Argument.OPERANDS.at(), place, 0);
            int kind = (down == tilesDown - 1 ? 2 : 0) + (isLast ? 1 : 0);
            gather[kind].call(0, arguments, 0, count);
            at += count;
        }
    }
}
