package dev.balsa.kernel.resize;

import java.util.List;

/// How one axis is resampled: element `o` of the output is the sum over `t` of `weights[o * taps + t]` times element
/// `indices[o * taps + t]` of the input. With one tap weights are not looked at: elements are copied.
///
/// @param input size of the input
/// @param output size of the output
/// @param taps elements that an output is made of: 1 for nearest, 2 for linear, 4 for cubic, more with antialiasing
/// @param indices `output * taps` positions in the input
/// @param weights as many weights; may be empty with one tap
public record ResizeAxis(int input, int output, int taps, List<Integer> indices, List<Float> weights) {
    /// Copies the lists and checks lengths and indices.
    public ResizeAxis {
        indices = List.copyOf(indices);
        weights = List.copyOf(weights);
        var bound = input;
        var entries = (long) output * taps;
        if (taps < 1 || indices.size() != entries || (weights.size() != entries && (taps != 1 || !weights.isEmpty()))) {
            throw new IllegalArgumentException("resize: expected " + entries + " indices and weights, found "
                    + indices.size() + " and " + weights.size());
        }
        if (indices.stream().anyMatch(index -> index < 0 || index >= bound)) {
            throw new IllegalArgumentException("resize: expected indices below " + bound + ", found " + indices);
        }
    }
}
