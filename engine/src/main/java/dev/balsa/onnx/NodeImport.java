package dev.balsa.onnx;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.onnx.proto.AttributeValue;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;

/// One node of a file, as its operator's schema reads it.
final class NodeImport implements NodeReader {
    private final GraphImport graph;
    private final ModelContext model;
    private final GraphImport.Calls calls;
    private final Schema schema;
    private final String name;
    private final int opset;
    private final Attributes attributes;
    private final List<Value> inputs;
    private final int outputs;

    NodeImport(
            GraphImport graph,
            ModelContext model,
            GraphImport.Calls calls,
            Schema schema,
            String name,
            int opset,
            Attributes attributes,
            List<Value> inputs,
            int outputs) {
        this.graph = graph;
        this.model = model;
        this.calls = calls;
        this.schema = schema;
        this.name = name;
        this.opset = opset;
        this.attributes = attributes;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /// The inputs as the schema left them.
    List<Value> values() {
        return inputs;
    }

    @Override
    public int opset() {
        return opset;
    }

    @Override
    public boolean has(String attribute) {
        return attributes.has(attribute);
    }

    @Override
    public long integer(String attribute) {
        return attributes.integer(attribute).orElseThrow(() -> missing(attribute));
    }

    @Override
    public long integer(String attribute, long fallback) {
        return attributes.integer(attribute).orElse(fallback);
    }

    @Override
    public float real(String attribute, float fallback) {
        return attributes.real(attribute).orElse(fallback);
    }

    @Override
    public String string(String attribute, String fallback) {
        return attributes.string(attribute).orElse(fallback);
    }

    @Override
    public List<Long> integers(String attribute) {
        return attributes.integers(attribute);
    }

    @Override
    public List<Float> reals(String attribute) {
        return attributes.reals(attribute);
    }

    @Override
    public List<String> strings(String attribute) {
        return attributes.strings(attribute);
    }

    @Override
    public Optional<Tensor> tensor(String attribute) {
        return attributes.get(
                attribute,
                "a tensor",
                value -> value instanceof AttributeValue.OfTensor(var proto)
                        ? Optional.of(model.tensors().read(proto))
                        : Optional.empty());
    }

    @Override
    public Optional<DataType> dtype(String attribute) {
        return attributes.integer(attribute).map(ElementTypes::of);
    }

    private ModelFormatException missing(String attribute) {
        return new ModelFormatException("attribute \"" + attribute + "\" is missing; " + schema + " requires it");
    }

    @Override
    public List<Graph> bodies(List<TensorType> inputTypes, String... names) {
        var imports = new ArrayList<GraphImport>();
        var results = new ArrayList<List<Value>>();
        for (var name : names) {
            var proto = attributes.get(name, "a graph", NodeImport::body).orElseThrow(() -> missing(name));
            var body = new GraphImport(model, new GraphBuilder(proto.name()), Optional.of(graph.scope()));
            try {
                results.add(body.fill(proto, inputTypes, calls));
            } catch (BalsaException e) {
                throw e.within("attribute \"" + name + "\"");
            }
            imports.add(body);
        }
        // Every body takes the captured values of all of them, in one order.
        var captured = new LinkedHashSet<Value>();
        imports.forEach(body -> captured.addAll(body.scope().captures().keySet()));
        inputs.addAll(captured);
        var graphs = new ArrayList<Graph>();
        for (int i = 0; i < imports.size(); i++) {
            graphs.add(close(imports.get(i).scope(), captured, results.get(i)));
        }
        return graphs;
    }

    private static Optional<GraphProto> body(AttributeValue value) {
        return value instanceof AttributeValue.OfGraph(var proto) ? Optional.of(proto) : Optional.empty();
    }

    private static Graph close(Scope scope, SequencedSet<Value> captured, List<Value> results) {
        captured.forEach(scope::captured);
        var open = scope.builder().build(results);
        var order = new ArrayList<>(open.inputs());
        order.removeAll(scope.captures().values());
        captured.forEach(value -> order.add(scope.captured(value)));
        return new Graph(open.name(), order, open.constants(), open.nodes(), open.outputs());
    }

    @Override
    public int inputs() {
        return inputs.size();
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public Value input(int index) {
        return index < inputs.size() ? inputs.get(index) : Value.NONE;
    }

    @Override
    public Optional<Tensor> constant(int index) {
        return graph.scope().builder().constantOf(input(index));
    }

    @Override
    public void setInput(int index, Value value) {
        while (inputs.size() <= index) {
            inputs.add(Value.NONE);
        }
        inputs.set(index, value);
    }

    @Override
    public void truncateInputs(int count) {
        while (inputs.size() > count) {
            inputs.removeLast();
        }
    }

    @Override
    public Value constant(Tensor tensor) {
        return graph.scope().builder().constant(graph.scope().builder().freshName(), tensor);
    }

    @Override
    public Value insert(Op op, List<Value> operands) {
        return insertSeveral(op, operands, 1).getFirst();
    }

    @Override
    public List<Value> insertSeveral(Op op, List<Value> operands, int count) {
        var builder = graph.scope().builder();
        var names = Stream.generate(builder::freshName).limit(count).toList();
        return builder.add(name, op, operands, names);
    }

    @Override
    public BalsaException unsupported(String what) {
        return new UnsupportedException(schema + " (opset " + opset + "): not supported: " + what);
    }

    @Override
    public BalsaException malformed(String what) {
        return new ModelFormatException(schema + " (opset " + opset + "): " + what);
    }
}
