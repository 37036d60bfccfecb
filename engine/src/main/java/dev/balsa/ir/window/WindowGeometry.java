package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// How a window moves over one concrete image, dimension by dimension. Immutable.
///
/// @param axes the spatial dimensions, outermost first
public record WindowGeometry(List<WindowAxis> axes) {
    /// Receives one meeting of image, kernel and output, each as a flat row-major index of its plane.
    @FunctionalInterface
    public interface Tap {
        /// Kernel element `kernel` meets image element `input` for output element `output`.
        void meet(int input, int kernel, int output);
    }

    /// Copies the list; checks that the planes can be indexed by an `int`.
    ///
    /// @throws ShapeException if a plane has 2^31 elements or more
    public WindowGeometry {
        axes = List.copyOf(axes);
        checkPlane("image", axes, WindowAxis::input);
        checkPlane("output", axes, WindowAxis::output);
    }

    private static void checkPlane(String what, List<WindowAxis> axes, ToLongFunction<WindowAxis> length) {
        double size =
                axes.stream().mapToDouble(axis -> length.applyAsLong(axis)).reduce(1, (a, b) -> a * b);
        if (size > Integer.MAX_VALUE) {
            throw new ShapeException("a plane of the " + what + " is too large; expected at most " + Integer.MAX_VALUE
                    + " elements, found " + size + "; split the image");
        }
    }

    /// The number of spatial dimensions.
    public int rank() {
        return axes.size();
    }

    /// Elements of one image plane.
    public int inputSize() {
        return (int) product(WindowAxis::input);
    }

    /// Elements of one output plane.
    public int outputSize() {
        return (int) product(WindowAxis::output);
    }

    /// Elements of the window.
    public long kernelSize() {
        return product(WindowAxis::kernel);
    }

    private long product(ToLongFunction<WindowAxis> length) {
        return axes.stream().mapToLong(length).reduce(1, (a, b) -> a * b);
    }

    /// The lengths of the output.
    public List<Long> output() {
        return axes.stream().map(WindowAxis::output).toList();
    }

    /// The shape dimensions `[batch, channels, output...]`.
    public List<Long> outputDims(long batch, long channels) {
        var dims = new ArrayList<Long>(List.of(batch, channels));
        dims.addAll(output());
        return dims;
    }

    /// Visits every meeting of kernel and image, outputs in row-major order, the kernel in row-major order within
    /// each; padding is left out. The work is bounded by output times image elements, however large the window is.
    public void forEachTap(Tap tap) {
        visitOutputs(0, new long[rank()], 0, tap);
    }

    private void visitOutputs(int depth, long[] place, int output, Tap tap) {
        if (depth == rank()) {
            visitKernel(0, place, 0, 0, output, tap);
            return;
        }
        var axis = axes.get(depth);
        for (long o = 0; o < axis.output(); o++) {
            place[depth] = o;
            visitOutputs(depth + 1, place, (int) (output * axis.output() + o), tap);
        }
    }

    private void visitKernel(int depth, long[] place, int input, long kernel, int output, Tap tap) {
        if (depth == rank()) {
            tap.meet(input, (int) kernel, output);
            return;
        }
        var axis = axes.get(depth);
        long end = axis.kernelEnd(place[depth]);
        for (long k = axis.kernelBegin(place[depth]); k < end; k++) {
            int at = (int) (input * axis.input() + axis.position(place[depth], k));
            visitKernel(depth + 1, place, at, kernel * axis.kernel() + k, output, tap);
        }
    }
}
