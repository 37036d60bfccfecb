package dev.balsa.kernel.depthfirst;

import java.util.List;

/// A layer among others.
///
/// @param layer what is made
/// @param operands for each of the layer's operands but the output, its number: first those that come from outside are
///     numbered, then the links' outputs, in their order
public record Link(Layer layer, List<Integer> operands) {
    /// Copies the list.
    public Link {
        operands = List.copyOf(operands);
    }
}
