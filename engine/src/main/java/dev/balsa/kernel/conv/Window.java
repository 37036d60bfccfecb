package dev.balsa.kernel.conv;

import java.util.ArrayList;
import java.util.List;

/// The geometry of a convolution: per spatial dimension (one to three of them), how the kernel moves over the
/// image.
///
/// For a convolution, output position `o` and kernel position `k` meet image position `o * stride + k * dilation -
/// pad`; positions outside the image count as zero. The padding at the end follows from the output size. For a
/// transposed convolution `input` and `output` change roles: input position `i` and kernel position `k` add to
/// output position `i * stride + k * dilation - pad`; positions outside the output are dropped.
///
/// @param input image sizes
/// @param kernel kernel sizes
/// @param strides steps between neighbouring outputs, at least 1
/// @param dilations steps between neighbouring kernel elements, at least 1
/// @param pads padding at the beginning of each dimension
/// @param output output sizes
public record Window(
        List<Integer> input,
        List<Integer> kernel,
        List<Integer> strides,
        List<Integer> dilations,
        List<Integer> pads,
        List<Integer> output) {
    private static final int MOST_RANK = 3;

    /// Copies the lists and checks that they fit together.
    public Window {
        input = List.copyOf(input);
        kernel = List.copyOf(kernel);
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        pads = List.copyOf(pads);
        output = List.copyOf(output);
        var rank = input.size();
        boolean same = kernel.size() == rank
                && strides.size() == rank
                && dilations.size() == rank
                && pads.size() == rank
                && output.size() == rank;
        if (rank < 1 || rank > MOST_RANK || !same) {
            throw new IllegalArgumentException(
                    "convolution window: wrong ranks; expected six lists of one to three sizes, " + "found " + input
                            + ", " + kernel + ", " + strides + ", " + dilations + ", " + pads + ", " + output);
        }
        boolean stepsFit = isAtLeast(1, strides) && isAtLeast(1, dilations);
        boolean sizesFit = isAtLeast(1, kernel) && isAtLeast(0, input) && isAtLeast(0, output);
        if (!stepsFit || !sizesFit) {
            throw new IllegalArgumentException(
                    "convolution window: wrong sizes; expected strides, dilations and kernel of at "
                            + "least 1, found strides " + strides + ", dilations " + dilations + ", kernel " + kernel
                            + ", input " + input + ", output " + output);
        }
    }

    private static boolean isAtLeast(int least, List<Integer> sizes) {
        for (int size : sizes) {
            if (size < least) {
                return false;
            }
        }
        return true;
    }

    private static boolean areAll(int wanted, List<Integer> sizes) {
        for (int size : sizes) {
            if (size != wanted) {
                return false;
            }
        }
        return true;
    }

    /// All numbers in a line.
    String key() {
        return "input " + input + " kernel " + kernel + " strides " + strides + " dilations " + dilations + " pads "
                + pads + " output " + output;
    }

    /// The number of spatial dimensions, 1 to 3.
    public int rank() {
        return input.size();
    }

    /// The same geometry with other sizes in the first dimension.
    public Window rows(int inputRows, int pad, int outputRows) {
        return new Window(
                withFirst(input, inputRows),
                kernel,
                strides,
                dilations,
                withFirst(pads, pad),
                withFirst(output, outputRows));
    }

    private static List<Integer> withFirst(List<Integer> sizes, int first) {
        var changed = new ArrayList<>(sizes);
        changed.set(0, first);
        return changed;
    }

    /// The same geometry in three dimensions, with leading dimensions of size 1.
    public Window lifted() {
        if (rank() == MOST_RANK) {
            return this;
        }
        return new Window(
                lift(input, 1), lift(kernel, 1), lift(strides, 1), lift(dilations, 1), lift(pads, 0), lift(output, 1));
    }

    /// Whether output position and image position are the same: kernel 1, stride 1, no padding.
    public boolean isPointwise() {
        return areAll(1, kernel) && areAll(1, strides) && areAll(0, pads) && input.equals(output);
    }

    /// The number of elements of one image plane.
    public long inputSize() {
        return product(input);
    }

    /// The number of elements of one output plane.
    public long outputSize() {
        return product(output);
    }

    /// The number of kernel positions.
    public int kernelSize() {
        return (int) product(kernel);
    }

    private static long product(List<Integer> sizes) {
        long product = 1;
        for (int size : sizes) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }

    private static List<Integer> lift(List<Integer> sizes, int filler) {
        int last = sizes.getLast();
        return switch (sizes.size()) {
            case 1 -> List.of(filler, filler, last);
            case 2 -> List.of(filler, sizes.getFirst(), last);
            default -> sizes;
        };
    }
}
