package dev.balsa.kernel.resize;

import java.util.List;

/// A [ResizeAxis] unpacked for running.
final class ResizeTable {
    final int input;
    final int output;
    final int taps;
    final int[] indices;
    final float[] weights;
    /// Whether every output is the input's element in the same place.
    final boolean identity;

    ResizeTable(ResizeAxis axis) {
        this.input = axis.input();
        this.output = axis.output();
        this.taps = axis.taps();
        this.indices = axis.indices().stream().mapToInt(Integer::intValue).toArray();
        this.weights = new float[indices.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = taps == 1 ? 1f : axis.weights().get(i);
        }
        var same = taps == 1 && input == output;
        for (int i = 0; i < indices.length; i++) {
            same &= indices[i] == i;
        }
        this.identity = same;
    }

    /// An axis of one element.
    static ResizeTable single() {
        return new ResizeTable(new ResizeAxis(1, 1, 1, List.of(0), List.of()));
    }
}
