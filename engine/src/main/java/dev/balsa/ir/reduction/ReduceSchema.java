package dev.balsa.ir.reduction;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.EnumSet;
import java.util.Set;

/// The signature that all reductions share.
final class ReduceSchema {
    /// Numbers and bool, which compare as false before true.
    static final Set<DataType> ORDERED = ordered();

    private ReduceSchema() {}

    /// Makes an operator of its attributes.
    @FunctionalInterface
    interface Factory {
        Op make(boolean keepDims, boolean noopWithEmptyAxes);
    }

    private static Set<DataType> ordered() {
        var types = EnumSet.of(DataType.BOOL);
        types.addAll(Schema.NUMERIC);
        return Set.copyOf(types);
    }

    /// The signature of a reduction whose axes are an attribute before the given opset and an input from then on.
    static Schema of(String name, Set<DataType> types, int axesInput, Factory factory) {
        return Schema.of(name)
                .in("data", types)
                .optional("axes", Set.of(DataType.INT64))
                .out("reduced")
                .reader(node -> read(node, axesInput, factory));
    }

    private static Op read(NodeReader node, int axesInput, Factory factory) {
        boolean keepDims = node.integer("keepdims", 1) != 0;
        if (node.opset() >= axesInput) {
            return factory.make(keepDims, node.integer("noop_with_empty_axes", 0) != 0);
        }
        var axes = node.integers("axes").stream().mapToLong(Long::longValue).toArray();
        if (axes.length > 0) {
            node.setInput(1, node.constant(Tensor.of(axes, axes.length)));
        }
        return factory.make(keepDims, false);
    }
}
