package dev.balsa.ir.window;

/// One kernel plane sliding over one image plane: adds products to the output (a convolution) or, with image and
/// output in exchanged roles, spreads them (its transpose). Padding is skipped.
final class PlaneSlide {
    private final WindowGeometry geometry;
    private final double[] image;
    private final double[] weights;
    private final double[] output;
    private boolean spread;

    PlaneSlide(WindowGeometry geometry, double[] image, double[] weights, double[] output) {
        this.geometry = geometry;
        this.image = image;
        this.weights = weights;
        this.output = output;
    }

    /// Adds image times weights to the output.
    void gather() {
        spread = false;
        slide(0, 0, 0, 0);
    }

    /// Adds output times weights to the image.
    void spread() {
        spread = true;
        slide(0, 0, 0, 0);
    }

    private void slide(int depth, long x, long w, long y) {
        if (depth == geometry.rank()) {
            run(x, w, y, 1, 1);
            return;
        }
        var axis = geometry.axes().get(depth);
        boolean last = depth == geometry.rank() - 1;
        for (long k = 0; k < axis.kernel(); k++) {
            long begin = axis.outputBegin(k);
            long end = axis.outputEnd(k);
            if (last && begin < end) {
                run(
                        x * axis.input() + axis.position(begin, k),
                        w * axis.kernel() + k,
                        y * axis.output() + begin,
                        end - begin,
                        axis.stride());
            }
            for (long o = begin; !last && o < end; o++) {
                slide(depth + 1, x * axis.input() + axis.position(o, k), w * axis.kernel() + k, y * axis.output() + o);
            }
        }
    }

    private void run(long x, long w, long y, long count, long stride) {
        double weight = weights[(int) w];
        int from = (int) x;
        int to = (int) y;
        int step = (int) stride;
        int end = to + (int) count;
        if (spread) {
            for (; to < end; to++, from += step) {
                image[from] += weight * output[to];
            }
        } else {
            for (; to < end; to++, from += step) {
                output[to] += weight * image[from];
            }
        }
    }
}
