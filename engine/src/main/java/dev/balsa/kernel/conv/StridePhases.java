package dev.balsa.kernel.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A transposed convolution seen from its outputs: along an axis, all outputs that leave the same remainder by the
/// stride (a phase) are sums over the same elements of the kernel, and neighbours among them see neighbouring
/// pixels. Lifted to three dimensions.
///
/// @param axes one for each dimension
record StridePhases(List<PhasedAxis> axes) {
    /// Farther from the image than any that fits into memory is large.
    private static final int FARTHEST = 1 << 29;

    /// An element of the kernel, and the pixel that it meets for the phase's first output.
    record Tap(int element, int pixel) {}

    /// The phases of an axis.
    ///
    /// @param input pixels
    /// @param stride outputs from one of a phase to the next
    /// @param output outputs of all phases
    /// @param phases for each its taps
    record PhasedAxis(int input, int stride, int output, List<List<Tap>> phases) {
        static PhasedAxis of(Axis axis) {
            var phases = new ArrayList<List<Tap>>();
            for (int phase = 0; phase < Math.min(axis.stride(), axis.output()); phase++) {
                var taps = new ArrayList<Tap>();
                for (int k = 0; k < axis.kernel(); k++) {
                    // Pixel i and element k add to output i * stride + k * dilation - pad.
                    long distance = (long) phase + axis.pad() - (long) k * axis.dilation();
                    if (Math.floorMod(distance, axis.stride()) == 0) {
                        long pixel = Math.floorDiv(distance, axis.stride());
                        taps.add(new Tap(k, Math.clamp(pixel, -FARTHEST, FARTHEST)));
                    }
                }
                phases.add(taps);
            }
            return new PhasedAxis(axis.input(), axis.stride(), axis.output(), phases);
        }

        /// Outputs of a phase.
        int count(int phase) {
            return Math.ceilDiv(output - phase, stride);
        }

        private IntStream pixels() {
            return phases.stream().flatMap(List::stream).mapToInt(Tap::pixel);
        }

        /// The first pixel that any first output of a phase meets.
        int first() {
            return pixels().min().orElse(0);
        }

        private int last() {
            return pixels().max().orElse(0);
        }
    }

    static StridePhases of(Window window) {
        return new StridePhases(Axis.all(window).stream().map(PhasedAxis::of).toList());
    }

    /// Combinations of phases, without looking at them: there may be absurdly many.
    static double count(Window window) {
        return Axis.all(window).stream()
                .mapToDouble(axis -> Math.min(axis.stride(), axis.output()))
                .reduce(1, (a, b) -> a * b);
    }

    /// Whether no output is a sum of nothing.
    boolean allHaveTaps() {
        return axes.stream().noneMatch(axis -> axis.phases.stream().anyMatch(List::isEmpty));
    }

    /// The image as a window of stride 1 sees it that covers what any phase sees.
    Window image() {
        return new Window(
                axes.stream().map(PhasedAxis::input).toList(),
                axes.stream().map(axis -> axis.last() - axis.first() + 1).toList(),
                List.of(1, 1, 1),
                List.of(1, 1, 1),
                axes.stream().map(axis -> -axis.first()).toList(),
                axes.stream().map(axis -> axis.count(0)).toList());
    }
}
