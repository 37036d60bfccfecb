package dev.balsa.onnx;

import dev.balsa.error.ResourceException;
import dev.balsa.onnx.proto.FunctionProto;
import dev.balsa.onnx.proto.NodeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the import of all graphs of a model shares: tensors, model-local functions, and a count of nodes.
final class ModelContext {
    /// The most nodes that a model may have once its functions are inlined.
    private static final int MOST_NODES = 1_000_000;

    private final TensorImport tensors;
    private final Map<String, FunctionProto> functions = new HashMap<>();
    private int nodes;

    ModelContext(TensorImport tensors, List<FunctionProto> functions) {
        this.tensors = tensors;
        functions.forEach(
                function -> this.functions.put(key(function.domain(), function.name(), function.overload()), function));
    }

    TensorImport tensors() {
        return tensors;
    }

    /// The model-local function that a node calls, if it is one.
    Optional<FunctionProto> function(NodeProto node) {
        return Optional.ofNullable(functions.get(key(node.domain(), node.opType(), node.overload())));
    }

    private static String key(String domain, String name, String overload) {
        return OperatorSets.normal(domain) + "::" + name + "::" + overload;
    }

    /// Counts one more node.
    void count() {
        if (++nodes > MOST_NODES) {
            throw new ResourceException(
                    "the model has more than " + MOST_NODES + " nodes once its functions are inlined; "
                            + "expected a model of this world; the file is damaged or hostile");
        }
    }
}
