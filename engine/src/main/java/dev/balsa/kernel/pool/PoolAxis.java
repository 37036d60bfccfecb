package dev.balsa.kernel.pool;

/// How windows lie along one dimension.
///
/// @param input size of the input
/// @param output size of the output
/// @param kernel positions of a window
/// @param stride distance of neighbouring windows
/// @param dilation distance of neighbouring positions of a window
/// @param pad padding before the input
/// @param endPad padding after it
record PoolAxis(int input, int output, int kernel, int stride, int dilation, int pad, int endPad) {
    static PoolAxis of(PoolRequest request, int dimension) {
        var window = request.window().lifted();
        var missing = 3 - request.window().rank();
        return new PoolAxis(
                window.input().get(dimension),
                window.output().get(dimension),
                window.kernel().get(dimension),
                window.strides().get(dimension),
                window.dilations().get(dimension),
                window.pads().get(dimension),
                dimension < missing ? 0 : request.endPads().get(dimension - missing));
    }

    /// Where position `k` of window `o` lies in the input; outside of it means padding.
    int place(int o, int k) {
        return o * stride + k * dilation - pad;
    }

    /// The number of positions of window `o` that count in a mean.
    int counted(int o, boolean padding) {
        var low = padding ? -pad : 0;
        var high = padding ? input + endPad : input;
        var count = 0;
        for (int k = 0; k < kernel; k++) {
            count += place(o, k) >= low && place(o, k) < high ? 1 : 0;
        }
        return count;
    }

    /// [#counted] for every window.
    int[] counts(boolean padding) {
        var counts = new int[output];
        for (int o = 0; o < output; o++) {
            counts[o] = counted(o, padding);
        }
        return counts;
    }

    /// The first window whose position `k` is not before the input.
    int firstInside(int k) {
        return Math.clamp(Math.ceilDiv(-place(0, k), stride), 0, output);
    }

    /// The window after the last whose position `k` is not beyond the input.
    int endInside(int k) {
        return Math.clamp(Math.floorDiv(input - 1 - place(0, k), stride) + 1, 0, output);
    }
}
