package dev.balsa.ir.selection;

import dev.balsa.ir.Schema;

/// The place along an axis of the least element (ONNX ArgMin, opset 1 to 13).
public record ArgMin(long axis, boolean keepDims, boolean last) implements ArgExtreme {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ArgMin")
            .in("data", Schema.NUMERIC)
            .out("reduced")
            .reader(node -> new ArgMin(
                    node.integer("axis", 0),
                    node.integer("keepdims", 1) != 0,
                    node.integer("select_last_index", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean isBeyond(int compared) {
        return compared < 0;
    }
}
