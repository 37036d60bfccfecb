package dev.balsa.onnx.rehearsal;

/// A value with channels second.
///
/// @param value its name
/// @param channels how many channels it has
record Image(String value, int channels) {}
