package dev.balsa.ir.window;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What a model says about a window: the attributes that ONNX's convolutions and pools share.
///
/// A list that is empty stands for its default in every dimension. With [#autoPad] other than NOTSET, [#pads] is
/// ignored.
///
/// @param kernel window lengths; may be empty for convolutions, whose weights have them too
/// @param strides steps between outputs, by default 1
/// @param dilations steps between kernel elements, by default 1
/// @param pads padding before each dimension, then behind each, by default 0
/// @param autoPad how padding is chosen
/// @param ceil whether the output length is rounded up, so that the last window may hang over the end; a window that
///     would begin in the padding at the end is left out all the same
public record WindowAttributes(
        List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> pads, AutoPad autoPad, boolean ceil) {
    /// Checks that lengths and steps are positive and padding is not negative, all below 2^31.
    public WindowAttributes {
        kernel = check("kernel_shape", kernel, 1);
        strides = check("strides", strides, 1);
        dilations = check("dilations", dilations, 1);
        pads = check("pads", pads, 0);
    }

    private static List<Long> check(String name, List<Long> values, long least) {
        if (values.stream().anyMatch(value -> value < least || value > Integer.MAX_VALUE)) {
            throw new ModelFormatException("attribute \"" + name + "\": expected values from " + least
                    + " to 2147483647, found " + values + "; check the model");
        }
        return List.copyOf(values);
    }

    /// The attributes of a node.
    public static WindowAttributes read(NodeReader node) {
        return new WindowAttributes(
                node.integers("kernel_shape"),
                node.integers("strides"),
                node.integers("dilations"),
                node.integers("pads"),
                AutoPad.read(node),
                node.integer("ceil_mode", 0) != 0);
    }

    /// The attributes of a pool, whose kernel must be given.
    static WindowAttributes readPool(NodeReader node) {
        if (node.integers("kernel_shape").isEmpty()) {
            throw node.malformed("attribute \"kernel_shape\" is missing or empty");
        }
        return read(node);
    }

    /// Steps between outputs in dimension `axis`.
    long stride(int axis) {
        return strides.isEmpty() ? 1 : strides.get(axis);
    }

    /// Steps between kernel elements in dimension `axis`.
    long dilation(int axis) {
        return dilations.isEmpty() ? 1 : dilations.get(axis);
    }

    /// Given padding before dimension `axis`.
    long padBegin(int axis) {
        return pads.isEmpty() || autoPad != AutoPad.NOTSET ? 0 : pads.get(axis);
    }

    /// Given padding behind dimension `axis`.
    long padEnd(int axis) {
        return pads.isEmpty() || autoPad != AutoPad.NOTSET ? 0 : pads.get(pads.size() / 2 + axis);
    }

    /// Checks that there are spatial dimensions and that every list is empty or fits them.
    ///
    /// @throws ShapeException if not
    void checkRank(int rank) {
        if (rank < 1) {
            throw new ShapeException("input 0: expected an image [batch, channels, spatial...], found rank "
                    + (rank + 2) + "; check the model, or the shapes of its inputs");
        }
        checkLength("kernel_shape", kernel, rank);
        checkLength("strides", strides, rank);
        checkLength("dilations", dilations, rank);
        checkLength("pads", pads, 2 * rank);
    }

    private static void checkLength(String name, List<Long> values, int length) {
        if (!values.isEmpty() && values.size() != length) {
            throw new ShapeException("attribute \"" + name + "\": expected " + length + " values, found " + values
                    + "; check the rank of input 0");
        }
    }

    /// The geometry of a pool over an image of shape `[batch, channels, spatial...]`.
    public WindowGeometry over(Shape image) {
        return over(image, kernel);
    }

    /// The geometry over an image of shape `[batch, channels, spatial...]` with the given window lengths.
    public WindowGeometry over(Shape image, List<Long> window) {
        checkRank(image.rank() - 2);
        return new WindowGeometry(IntStream.range(0, image.rank() - 2)
                .mapToObj(axis -> axis(axis, image.dim(axis + 2), window.get(axis)))
                .toList());
    }

    private WindowAxis axis(int axis, long input, long window) {
        long stride = stride(axis);
        long extent = WindowAxis.extent(window, dilation(axis));
        long begin = padBegin(axis);
        long end = padEnd(axis);
        long output;
        if (autoPad.isSame()) {
            output = Math.ceilDiv(input, stride);
            long total = Math.max(0, (output - 1) * stride + extent - input);
            begin = autoPad.begin(total);
            end = total - begin;
        } else {
            output = outputs(axis, input, extent);
        }
        return new WindowAxis(input, window, stride, dilation(axis), begin, end, output);
    }

    private long outputs(int axis, long input, long extent) {
        long stride = stride(axis);
        long room = input + padBegin(axis) + padEnd(axis) - extent;
        if (input == 0) {
            return 0;
        }
        if (room < 0) {
            throw new ShapeException(
                    "the window does not fit into spatial dimension " + axis + " of input 0; expected at "
                            + "least " + extent + " elements with padding, found " + (room + extent)
                            + "; use a larger image");
        }
        if (!ceil) {
            return room / stride + 1;
        }
        long steps = Math.ceilDiv(room, stride);
        return steps * stride >= input + padBegin(axis) ? steps : steps + 1;
    }

    /// The output shape `[batch, channels, spatial...]` of a pool over an image.
    SymbolicShape shapeOver(SymbolicShape image, Dim channels) {
        return shapeOver(image, channels, kernel.stream().map(Dim::of).toList());
    }

    /// The output shape `[batch, channels, spatial...]` over an image with the given window lengths.
    SymbolicShape shapeOver(SymbolicShape image, Dim channels, List<Dim> window) {
        checkRank(image.rank() - 2);
        var dims = new ArrayList<Dim>(List.of(image.dim(0), channels));
        for (int axis = 0; axis < image.rank() - 2; axis++) {
            dims.add(length(axis, image.dim(axis + 2), window.get(axis)));
        }
        return SymbolicShape.of(dims);
    }

    private Dim length(int axis, Dim input, Dim window) {
        if (autoPad.isSame() && stride(axis) == 1) {
            return input;
        }
        if (!window.isKnown() || input.isUnknown()) {
            return Dim.UNKNOWN;
        }
        if (input.isKnown()) {
            return Dim.of(axis(axis, input.get(), window.get()).output());
        }
        long extent = WindowAxis.extent(window.get(), dilation(axis));
        if (autoPad.isSame() || ceil && padEnd(axis) >= extent) {
            return Dim.UNKNOWN;
        }
        // An exact division rounds neither down nor up, so that the rule is the same with and without ceil.
        return input.plus(padBegin(axis) + padEnd(axis) - extent)
                .dividedBy(Dim.of(stride(axis)))
                .plus(1);
    }
}
