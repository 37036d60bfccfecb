package dev.balsa.ir.window;

/// One spatial dimension of a window that moves over an image: output `o` and kernel element `k` meet image element
/// `o * stride + k * dilation - padBegin`; places outside of the image are padding.
///
/// @param input elements of the image
/// @param kernel elements of the window
/// @param stride step between neighbouring outputs
/// @param dilation step between neighbouring kernel elements
/// @param padBegin padding before the image
/// @param padEnd padding behind the image
/// @param output elements of the output
public record WindowAxis(long input, long kernel, long stride, long dilation, long padBegin, long padEnd, long output) {
    /// The elements from the first to the last that the window touches.
    public long extent() {
        return extent(kernel, dilation);
    }

    static long extent(long kernel, long dilation) {
        return (kernel - 1) * dilation + 1;
    }

    /// The image element that output `o` and kernel element `k` meet; outside `[0, input)` it is padding.
    public long position(long o, long k) {
        return o * stride + k * dilation - padBegin;
    }

    /// The first output that meets the image with kernel element `k`; not below [#outputEnd] if there is none.
    public long outputBegin(long k) {
        return Math.max(0, Math.ceilDiv(padBegin - k * dilation, stride));
    }

    /// One past the last output that meets the image with kernel element `k`.
    public long outputEnd(long k) {
        return Math.min(output, Math.floorDiv(input - 1 + padBegin - k * dilation, stride) + 1);
    }

    /// The first kernel element that meets the image at output `o`; not below [#kernelEnd] if there is none.
    public long kernelBegin(long o) {
        return Math.max(0, Math.ceilDiv(padBegin - o * stride, dilation));
    }

    /// One past the last kernel element that meets the image at output `o`.
    public long kernelEnd(long o) {
        return Math.min(kernel, Math.floorDiv(input - 1 + padBegin - o * stride, dilation) + 1);
    }

    /// The number of kernel elements that meet the image or its padding at output `o`.
    public long paddedTaps(long o) {
        return Math.max(0, Math.min(kernel, Math.floorDiv(input + padEnd - 1 + padBegin - o * stride, dilation) + 1));
    }
}
