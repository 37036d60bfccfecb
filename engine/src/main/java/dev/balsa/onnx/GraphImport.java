package dev.balsa.onnx;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.OperatorFailure;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.onnx.abbreviation.Abbreviation;
import dev.balsa.onnx.abbreviation.Abbreviations;
import dev.balsa.onnx.proto.FunctionProto;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.TensorShapeProto;
import dev.balsa.onnx.proto.TypeProto;
import dev.balsa.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Imports one graph: the model's, or the body of a control operator. For one thread at a time.
final class GraphImport {
    /// Functions that call functions may not be nested deeper than this, nor may a model have more nodes than this
    /// once they are inlined: a few lines of a hostile file could ask for 2^64.
    private static final int MOST_CALLS = 64;

    private final ModelContext model;
    private final Scope scope;

    GraphImport(ModelContext model, GraphBuilder builder, Optional<Scope> outer) {
        this.model = model;
        this.scope = new Scope(builder, outer);
    }

    Scope scope() {
        return scope;
    }

    /// The graph of a model.
    static Graph main(ModelContext model, GraphProto proto, OperatorSets opsets) {
        var graph = new GraphImport(model, new GraphBuilder(proto.name()), Optional.empty());
        return graph.scope.builder().build(graph.fill(proto, List.of(), new Calls(opsets, Optional.empty(), 0)));
    }

    /// Imports constants, inputs and nodes.
    ///
    /// @param fallback the types of inputs for which the file has none
    /// @return the outputs
    List<Value> fill(GraphProto proto, List<TensorType> fallback, Calls calls) {
        var constants = new HashSet<String>();
        proto.initializers().forEach(tensor -> {
            constants.add(tensor.name());
            define(
                    tensor.name(),
                    scope.builder().constant(tensor.name(), model.tensors().read(tensor)));
        });
        proto.sparseInitializers().forEach(tensor -> {
            constants.add(tensor.values().name());
            define(
                    tensor.values().name(),
                    scope.builder()
                            .constant(tensor.values().name(), model.tensors().read(tensor)));
        });
        for (int i = 0; i < proto.inputs().size(); i++) {
            var input = proto.inputs().get(i);
            // Before IR version 4 the constants are listed among the inputs.
            if (!constants.contains(input.name())) {
                var type = i < fallback.size() ? Optional.of(fallback.get(i)) : Optional.<TensorType>empty();
                define(input.name(), scope.builder().input(input.name(), type(input, type)));
            }
        }
        addNodes(proto.nodes(), calls);
        return proto.outputs().stream()
                .map(output -> use(output.name(), "graph output"))
                .toList();
    }

    private void define(String name, Value value) {
        if (!scope.define(name, value)) {
            throw new ModelFormatException(
                    "value \"" + name + "\" is defined twice in one graph; expected unique names");
        }
    }

    Value use(String name, String user) {
        return scope.find(name)
                .orElseThrow(
                        () -> new ModelFormatException(user + " \"" + name + "\" is not defined before it is used; "
                                + "expected an input, an initializer or the output of an earlier node"));
    }

    private static TensorType type(ValueInfoProto info, Optional<TensorType> fallback) {
        return switch (info.type().map(TypeProto::value).orElse(new TypeProto.Undefined())) {
            case TypeProto.Tensor tensor
            when tensor.elementType() != 0 ->
                new TensorType(
                        ElementTypes.of(tensor.elementType()),
                        tensor.shape().map(GraphImport::shape).orElse(SymbolicShape.UNKNOWN));
            case TypeProto.Tensor _, TypeProto.Undefined _ ->
                fallback.orElseThrow(
                        () -> new ModelFormatException("input \"" + info.name() + "\" has no element type"));
            case TypeProto.SparseTensor _, TypeProto.Sequence _, TypeProto.OptionalType _, TypeProto.MapType _ ->
                throw new UnsupportedException("input \"" + info.name()
                        + "\" is no dense tensor; sequences, maps, optional and sparse inputs are not supported");
        };
    }

    private static SymbolicShape shape(TensorShapeProto proto) {
        return SymbolicShape.of(proto.dims().stream()
                .map(dim -> switch (dim.size()) {
                    case TensorShapeProto.Value(long length) -> length < 0 ? Dim.UNKNOWN : Dim.of(length);
                    case TensorShapeProto.Param(var symbol) -> Dim.symbol(symbol);
                    case TensorShapeProto.Unknown _ -> Dim.UNKNOWN;
                })
                .toList());
    }

    private void addNodes(List<NodeProto> nodes, Calls calls) {
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            var place = "node " + i + " " + node.opType() + " \"" + node.name() + "\"";
            try {
                add(node, calls);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw OperatorFailure.of(e).within(place);
            }
        }
    }

    private void add(NodeProto node, Calls calls) {
        model.count();
        var attributes = new Attributes(node.attributes(), calls.attributes());
        var inputs = new ArrayList<Value>();
        for (var name : node.inputs()) {
            inputs.add(name.isEmpty() ? Value.NONE : use(name, "input"));
        }
        while (!inputs.isEmpty() && !inputs.getLast().isPresent()) {
            inputs.removeLast();
        }
        var function = model.function(node);
        if (function.isPresent()) {
            call(function.get(), node, inputs, attributes, calls);
        } else if (node.opType().equals("Constant")
                && OperatorSets.normal(node.domain()).isEmpty()) {
            var tensor = ConstantNode.tensor(attributes, model.tensors());
            if (node.outputs().size() != 1) {
                throw new ModelFormatException(
                        "expected 1 output, found " + node.outputs().size() + "; check the model");
            }
            define(
                    node.outputs().getFirst(),
                    scope.builder().constant(node.outputs().getFirst(), tensor));
        } else {
            apply(node, inputs, attributes, calls);
        }
    }

    private void apply(NodeProto node, List<Value> inputs, Attributes attributes, Calls calls) {
        var abbreviation = Abbreviations.find(OperatorSets.normal(node.domain()), node.opType());
        if (abbreviation.isPresent()) {
            spell(abbreviation.get(), node, reader(abbreviation.get().schema(), node, inputs, attributes, calls));
            return;
        }
        var schema = calls.opsets().schema(node);
        var reader = reader(schema, node, inputs, attributes, calls);
        var op = schema.reader().read(reader);
        var outputs = scope.builder().add(node.name(), op, reader.values(), node.outputs());
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).isPresent()) {
                define(node.outputs().get(i), outputs.get(i));
            }
        }
    }

    private void spell(Abbreviation abbreviation, NodeProto node, NodeImport reader) {
        var outputs = abbreviation.spell(reader);
        for (int i = 0; i < node.outputs().size(); i++) {
            var name = node.outputs().get(i);
            if (name.isEmpty()) {
                continue;
            }
            if (i >= outputs.size() || !outputs.get(i).isPresent()) {
                throw reader.unsupported("output " + i + " \"" + name + "\"");
            }
            define(name, outputs.get(i));
        }
    }

    private NodeImport reader(Schema schema, NodeProto node, List<Value> inputs, Attributes attributes, Calls calls) {
        return new NodeImport(
                this,
                model,
                calls,
                schema,
                node.name(),
                calls.opsets().version(node.domain()),
                attributes,
                inputs,
                node.outputs().size());
    }

    /// Inlines a model-local function: its body is imported into this graph, in a scope of its own names.
    private void call(FunctionProto function, NodeProto node, List<Value> inputs, Attributes attributes, Calls calls) {
        if (calls.depth() >= MOST_CALLS) {
            throw new ResourceException(
                    "function " + function.name() + " is called " + calls.depth() + " functions deep; expected at most "
                            + MOST_CALLS + "; the functions call each other in a circle");
        }
        var body = new GraphImport(model, scope.builder(), Optional.empty());
        for (int i = 0; i < function.inputs().size(); i++) {
            body.define(function.inputs().get(i), i < inputs.size() ? inputs.get(i) : Value.NONE);
        }
        var given = Attributes.ofCall(attributes, function.attributeProtos());
        body.addNodes(
                function.nodes(),
                new Calls(new OperatorSets(function.opsetImports()), Optional.of(given), calls.depth() + 1));
        IntStream.range(0, Math.min(node.outputs().size(), function.outputs().size()))
                .filter(i -> !node.outputs().get(i).isEmpty())
                .forEach(i -> define(
                        node.outputs().get(i), body.use(function.outputs().get(i), "function output")));
    }

    /// Where in the calls of functions the import is.
    ///
    /// @param attributes those of the calling node, in the body of a function
    record Calls(OperatorSets opsets, Optional<Attributes> attributes, int depth) {}
}
