package dev.balsa.kernel.conv;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.amx.SquareProduct;
import dev.balsa.kernel.amx.SquareTransform;
import dev.balsa.kernel.amx.Workplace;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.FactorTurn;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/// A 3x3 convolution of stride 1 as a [SquareProduct]: knows where squares and their outputs are, which follow each
/// other along rows of the result, then down, then from image to image.
final class TileWinogradWork implements CodeWork, SquareProduct.Image {
    private final ChannelsLastConvRequest request;
    private final Axis height;
    private final Axis width;
    private final SquareProduct product;

    TileWinogradWork(ChannelsLastConvRequest request, AmxFamily family, Workplace workplace, Constants constants) {
        this.request = request;
        var axes = Axis.all(request.window());
        height = axes.get(1);
        width = axes.get(2);
        product = new SquareProduct(
                family,
                new SquareProduct.Request(
                        Math.toIntExact(squares(request)),
                        request.channels(),
                        request.imageStep(),
                        request.outputs(),
                        request.epilogue().stages(),
                        request.image(),
                        request.result()),
                this::place,
                request.weights(),
                (from, to, target, rowBytes) -> takeApart(request, from, to, target, rowBytes, constants),
                workplace,
                constants);
    }

    /// Squares of all images.
    static long squares(ChannelsLastConvRequest request) {
        var axes = Axis.all(request.window());
        return (long) request.batch() * count(axes.get(1)) * count(axes.get(2));
    }

    private static int count(Axis axis) {
        return Math.ceilDiv(axis.output(), SquareTransform.OUTPUTS);
    }

    private int place(int square, int row, int column) {
        int x = square % count(width) * SquareTransform.OUTPUTS + column;
        int y = square / count(width) % count(height) * SquareTransform.OUTPUTS + row;
        if (x >= width.output() || y >= height.output()) {
            return SquareProduct.NOWHERE;
        }
        int image = square / count(width) / count(height);
        // Unsigned, as isOrdinary() has made sure of.
        return (int) ((((long) image * height.output() + y) * width.output() + x) * request.resultStep());
    }

    /// Turns kernels until the outputs of a tap are neighbours, then takes them apart.
    private static void takeApart(
            ChannelsLastConvRequest request,
            int from,
            int to,
            MemorySegment target,
            long rowBytes,
            Constants constants) {
        int taps = request.window().kernelSize();
        int channels = request.channels();
        long kernelBytes = (long) taps * channels * Float.BYTES;
        var right = new TileProduct.Right(
                request.weights().asSlice(from * kernelBytes, (to - from) * kernelBytes),
                LongStream.range(0, taps).boxed().toList(),
                channels,
                taps,
                (long) taps * channels,
                1);
        var transform = new WinogradTransform(SquareTransform.OUTPUTS);
        var unit = VectorUnit.of(Isa.AMX).orElseThrow();
        var code = WinogradWork.spread(unit, constants, "kernel" + transform.span(), transform.kernel(), 0);
        new FactorTurn(unit, to - from, right, constants).run(part -> {
            var arguments = part.arguments();
            WinogradSpreadCode.Argument.SOURCE.set(arguments, part.source());
            WinogradSpreadCode.Argument.ROW_STEP.set(arguments, part.rowBytes() * WinogradTransform.KERNEL);
            WinogradSpreadCode.Argument.COLUMN_STEP.set(arguments, part.rowBytes());
            WinogradSpreadCode.Argument.SOURCE_TILE.set(arguments, part.rowBytes() * taps);
            WinogradSpreadCode.Argument.TARGET.set(arguments, target.address() + part.row() * rowBytes + part.before());
            WinogradSpreadCode.Argument.POSITION_STEP.set(arguments, channels * rowBytes);
            WinogradSpreadCode.Argument.TARGET_TILE.set(arguments, rowBytes);
            WinogradSpreadCode.Argument.WHOLE.set(arguments, part.rowBytes());
            code.call(0, arguments, 0, part.rows());
        });
    }

    @Override
    public int phases() {
        return 1;
    }

    @Override
    public int units(int phase) {
        return product.units();
    }

    @Override
    public long workerBytes() {
        return product.workerBytes();
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        product.run(frame, this, frame.operand(request.output()), from, to);
    }

    @Override
    public void split(SquareProduct product, Frame frame, int row, int section, int from, int to) {
        int at = from;
        while (at < to) {
            int across = at % count(width);
            int down = at / count(width) % count(height);
            int image = at / count(width) / count(height);
            int count = Math.min(count(width) - across, to - at);
            int x = across * SquareTransform.OUTPUTS - width.pad();
            int y = down * SquareTransform.OUTPUTS - height.pad();
            product.split(
                    frame,
                    row,
                    section,
                    pixel(frame, image, y + SquareTransform.upper(row), x),
                    pixel(frame, image, y + SquareTransform.lower(row), x),
                    x,
                    width.input(),
                    at - from,
                    count);
            at += count;
        }
    }

    private long pixel(Frame frame, int image, int y, int x) {
        if (!height.contains(y)) {
            return SquareProduct.OUTSIDE;
        }
        long place = ((long) image * height.input() + y) * width.input() + x;
        return frame.operand(0).address()
                + place * request.imageStep() * request.image().bytes();
    }
}
