package dev.balsa.ir.window;

import dev.balsa.ir.NodeReader;

/// How padding is chosen (attribute `auto_pad` of ONNX's windowed operators).
public enum AutoPad {
    /// The padding is given.
    NOTSET,
    /// As much as makes the output as long as the input divided by the stride; an odd element goes to the end.
    SAME_UPPER,
    /// As [#SAME_UPPER], but an odd element goes to the beginning.
    SAME_LOWER,
    /// None.
    VALID;

    static AutoPad read(NodeReader node) {
        var text = node.string("auto_pad", "NOTSET");
        for (var value : values()) {
            if (value.name().equals(text) || text.isEmpty()) {
                return value;
            }
        }
        throw node.malformed(
                "attribute \"auto_pad\": expected NOTSET, SAME_UPPER, SAME_LOWER or VALID, found \"" + text + "\"");
    }

    /// Whether the output has the length of the input divided by the stride.
    public boolean isSame() {
        return this == SAME_UPPER || this == SAME_LOWER;
    }

    /// The part of a padding of `total` elements that comes before the image.
    long begin(long total) {
        return this == SAME_UPPER ? total / 2 : total - total / 2;
    }
}
