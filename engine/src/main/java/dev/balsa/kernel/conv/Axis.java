package dev.balsa.kernel.conv;

import java.util.List;

/// One spatial dimension of a [Window].
record Axis(int input, int kernel, int stride, int dilation, int pad, int output) {
    static Axis of(Window window, int dimension) {
        return new Axis(
                window.input().get(dimension),
                window.kernel().get(dimension),
                window.strides().get(dimension),
                window.dilations().get(dimension),
                window.pads().get(dimension),
                window.output().get(dimension));
    }

    /// The three dimensions of a window, lifted.
    static List<Axis> all(Window window) {
        var lifted = window.lifted();
        return List.of(of(lifted, 0), of(lifted, 1), of(lifted, 2));
    }

    /// The image position that an output position and a kernel position meet; may lie outside the image.
    int at(int out, int tap) {
        return out * stride + tap * dilation - pad;
    }

    boolean contains(int position) {
        return position >= 0 && position < input;
    }

    /// The first output position at which this kernel position meets the image.
    int first(int tap) {
        return Math.clamp(Math.ceilDiv((long) pad - (long) tap * dilation, stride), 0, output);
    }

    /// The end (exclusive) of the output positions at which this kernel position meets the image; at least
    /// [#first].
    int end(int tap) {
        var end = Math.floorDiv((long) input - 1 + pad - (long) tap * dilation, stride) + 1;
        return Math.clamp(end, first(tap), output);
    }
}
