package dev.balsa.onnx.rehearsal;

/// How the products with weights of a network for text are written.
enum Products {
    /// In floats.
    FLOATS,
    /// Between QuantizeLinear and DequantizeLinear, of known scales.
    QUANTIZED,
    /// On bytes whose scale each run finds out.
    DYNAMIC
}
