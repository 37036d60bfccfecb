package dev.balsa.ir.elementwise;

import dev.balsa.ir.Inference;

/// The rule that operands which ONNX gives one type letter have one element type.
final class SameType {
    private SameType() {}

    /// @throws dev.balsa.error.ShapeException if an input from `first` on differs in element type from input
    ///     `first`
    static void check(Inference in, int first) {
        for (int i = first + 1; i < in.inputs(); i++) {
            if (in.has(i) && in.dtype(i) != in.dtype(first)) {
                throw in.mismatch(
                        i,
                        "element type differs from input " + first,
                        in.dtype(first).toString(),
                        in.dtype(i));
            }
        }
    }
}
