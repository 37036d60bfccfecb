package dev.balsa.rewrite.past;

import dev.balsa.tensor.DataType;

/// An input and the output that is it with new entries behind, which the next run gets as that input.
///
/// @param input which input of the graph
/// @param output which output of the graph
/// @param axis the dimension that grows
/// @param type of elements
public record GrowingState(int input, int output, int axis, DataType type) {}
