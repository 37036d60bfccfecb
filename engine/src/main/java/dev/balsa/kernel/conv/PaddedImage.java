package dev.balsa.kernel.conv;

import dev.balsa.kernel.Effects;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/// The channels-last images of a convolution as its windows see them: with the padding around, or as they are
/// where no window leaves them. Lifted to three dimensions.
///
/// Where there is padding, images are copied row by row into memory that has room for it; then every position of a
/// window is at the same distance from the first one, whatever the pixel.
final class PaddedImage {
    private final List<Axis> axes;
    private final int batch;
    /// Elements from a pixel to the next.
    private final long step;
    private final boolean copied;
    /// Sizes with padding.
    private final int[] sizes = new int[3];

    PaddedImage(Window window, int batch, long step) {
        this(window, batch, step, 0, 1);
    }

    /// @param step elements from a pixel to the next: its channels, or more if nothing is copied
    /// @param behind pixels of zeros more at the end of each row, if there is padding at all
    /// @param lines of which each image then has a multiple
    PaddedImage(Window window, int batch, long step, int behind, int lines) {
        this.axes = Axis.all(window);
        this.batch = batch;
        this.step = step;
        copied = axes.stream().anyMatch(axis -> axis.pad() != 0 || seen(axis) > axis.input());
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = copied ? Math.toIntExact(seen(axes.get(i))) : axes.get(i).input();
        }
        if (copied) {
            sizes[1] = Math.ceilDiv(sizes[1], lines) * lines;
            sizes[2] += behind;
        }
    }

    /// How much of a dimension the windows span, from the first position of the first one.
    private static long seen(Axis axis) {
        return axis.output() == 0
                ? 0
                : (axis.output() - 1L) * axis.stride() + (axis.kernel() - 1L) * axis.dilation() + 1;
    }

    /// Pixels of an image with padding; more than any memory holds where sizes are absurd.
    static double size(Window window) {
        return Axis.all(window).stream()
                .mapToDouble(axis -> Math.max(axis.input(), seen(axis)))
                .reduce(1, (a, b) -> a * b);
    }

    /// Whether the images must be copied.
    boolean isCopied() {
        return copied;
    }

    /// Bytes of the copies; 0 without.
    long bytes() {
        return copied ? (long) batch * sizes[0] * sizes[1] * rowElements() * Float.BYTES : 0;
    }

    private long rowElements() {
        return sizes[2] * step;
    }

    /// The rows to be copied; 0 without.
    int rows() {
        return copied ? Math.multiplyExact(batch, Math.multiplyExact(sizes[0], sizes[1])) : 0;
    }

    /// The element at which a pixel begins.
    long place(int image, long d, long h, long w) {
        return (((image * (long) sizes[0] + d) * sizes[1] + h) * sizes[2] + w) * step;
    }

    /// Where the windows of all output pixels begin, image after image.
    RowPlaces windows() {
        return pixels(axes.get(0).output(), axes.get(1).output(), axes.get(2).output(), Axis::stride);
    }

    /// Where as many pixels of each image begin, a step apart along each dimension.
    RowPlaces pixels(int depth, int height, int width, ToIntFunction<Axis> step) {
        return RowPlaces.grid(0, new long[] {batch, depth, height, width}, new long[] {
            place(1, 0, 0, 0),
            place(0, step.applyAsInt(axes.get(0)), 0, 0),
            place(0, 0, step.applyAsInt(axes.get(1)), 0),
            place(0, 0, 0, step.applyAsInt(axes.get(2)))
        });
    }

    /// Elements from a window's first position to another one.
    long tap(int d, int h, int w) {
        return place(
                0,
                (long) d * axes.get(0).dilation(),
                (long) h * axes.get(1).dilation(),
                (long) w * axes.get(2).dilation());
    }

    /// Elements from a row to the one below.
    long rowStep() {
        return rowElements();
    }

    /// The row in which the window of an output pixel begins; rows are counted over all images.
    int firstRow(int pixel) {
        return windowRow(pixel, 0);
    }

    /// The row behind those that the window of an output pixel sees.
    int endRow(int pixel) {
        return windowRow(pixel, 1) + 1;
    }

    /// @param end 0 for the first position of the window, 1 for the last
    private int windowRow(int pixel, int end) {
        var depth = axes.get(0);
        var height = axes.get(1);
        int line = pixel / axes.get(2).output();
        int d = line / height.output() % depth.output() * depth.stride()
                + end * (depth.kernel() - 1) * depth.dilation();
        int h = line % height.output() * height.stride() + end * (height.kernel() - 1) * height.dilation();
        return (line / height.output() / depth.output() * sizes[0] + d) * sizes[1] + h;
    }

    /// How the images with padding are seen in those without.
    Sight sight() {
        if (!copied) {
            return Sight.PLAIN;
        }
        var width = axes.get(2);
        long first = Math.max(0, -width.pad());
        long before = Math.clamp(width.pad(), 0, sizes[2]);
        long pixels = Math.clamp(Math.min(width.input() - first, sizes[2] - before), 0, sizes[2]);
        var runs = new ArrayList<Sight.Run>();
        for (int row = 0; row < rows() && pixels > 0; row++) {
            int h = row % sizes[1] - axes.get(1).pad();
            int d = row / sizes[1] % sizes[0] - axes.get(0).pad();
            if (axes.get(1).contains(h) && axes.get(0).contains(d)) {
                int image = row / sizes[1] / sizes[0];
                long line =
                        ((image * (long) axes.get(0).input() + d) * axes.get(1).input() + h) * width.input();
                runs.add(new Sight.Run(row * rowElements() + before * step, (line + first) * step, pixels * step));
            }
        }
        return new Sight(runs);
    }

    /// The line of the images without padding that a row shows, counted over all images; -1 if it is padding.
    long inputLine(int row) {
        int above = row / sizes[1];
        int h = row - above * sizes[1] - axes.get(1).pad();
        int d = above % sizes[0] - axes.get(0).pad();
        if (!axes.get(1).contains(h) || !axes.get(0).contains(d)) {
            return -1;
        }
        return ((long) (above / sizes[0]) * axes.get(0).input() + d)
                        * axes.get(1).input()
                + h;
    }

    /// Copies all rows `from` to `to` (exclusive) to their places, with zeros around.
    void copyRows(MemorySegment source, MemorySegment target, int from, int to) {
        copyRows(source, target, 0, from, to);
    }

    /// Copies rows `from` to `to` (exclusive), with zeros around.
    ///
    /// @param origin where row 0 would be in the target, in bytes
    void copyRows(MemorySegment source, MemorySegment target, long origin, int from, int to) {
        long rowBytes = rowElements() * Float.BYTES;
        var width = axes.get(2);
        long pixel = step * Float.BYTES;
        long before = Math.clamp(width.pad(), 0, sizes[2]);
        long first = Math.max(0, -width.pad());
        long pixels = Math.clamp(Math.min(width.input() - first, sizes[2] - before), 0, sizes[2]);
        for (int row = from; row < to; row++) {
            int above = row / sizes[1];
            int h = row - above * sizes[1] - axes.get(1).pad();
            int d = above % sizes[0] - axes.get(0).pad();
            long at = origin + row * rowBytes;
            if (!axes.get(1).contains(h) || !axes.get(0).contains(d)) {
                Effects.clear(target, at, rowBytes);
                continue;
            }
            int image = above / sizes[0];
            long line = ((image * (long) axes.get(0).input() + d) * axes.get(1).input() + h) * width.input();
            long end = (before + pixels) * pixel;
            Effects.clear(target, at, before * pixel);
            Effects.copy(source, (line + first) * pixel, target, at + before * pixel, pixels * pixel);
            Effects.clear(target, at + end, rowBytes - end);
        }
    }
}
