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
                // A single window never moves.
                window.output().get(dimension) <= 1 ? 1 : window.strides().get(dimension),
                window.dilations().get(dimension),
                window.pads().get(dimension),
                dimension < missing ? 0 : request.endPads().get(dimension - missing));
    }

    /// Where position `k` of window `o` lies in the input; outside of it means padding.
    int place(int o, int k) {
        return o * stride + k * dilation - pad;
    }

    /// How many positions of window `o` lie before `bound`; takes no longer for larger kernels.
    private int before(int o, long bound) {
        long first = (long) o * stride - pad;
        return (int) Math.min(kernel, Math.ceilDiv(Math.max(0, bound - first), (long) dilation));
    }

    /// The first position of window `o` that is not before the input.
    int begin(int o) {
        return before(o, 0);
    }

    /// The position of window `o` after the last that is not beyond the input.
    int end(int o) {
        return before(o, input);
    }

    /// The number of positions of window `o` that count in a mean.
    int counted(int o, boolean padding) {
        return padding ? before(o, (long) input + endPad) - before(o, -pad) : end(o) - begin(o);
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
