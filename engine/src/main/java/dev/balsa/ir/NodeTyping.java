package dev.balsa.ir;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Infers types node by node, in graph order, and keeps the elements of small integer values that are known on the
/// way.
///
/// Not thread-safe; one instance serves one graph.
public final class NodeTyping {
    /// Elements of longer tensors are not lengths of dimensions; following them would cost more than it tells.
    private static final int MOST_CONTENTS = 64;

    private final Map<Value, Tensor> constants;
    private final Map<Value, List<Dim>> contents = new HashMap<>();
    /// What bodies give for inputs of certain types: the rule of an outer loop asks for those of the loops in it
    /// several times, and so on inwards, which would take exponential time.
    private final Map<BodyTypes, List<TensorType>> bodies;

    /// A body, which is compared by identity, and the types of its inputs.
    private record BodyTypes(Graph body, List<TensorType> inputs) {
        @Override
        public boolean equals(Object other) {
            return other instanceof BodyTypes(var otherBody, var otherInputs)
                    && body == otherBody
                    && inputs.equals(otherInputs);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(body) + inputs.hashCode();
        }
    }

    /// Starts with the constants known so far; the map may grow while this is used.
    public NodeTyping(Map<Value, Tensor> constants) {
        this(constants, new HashMap<>());
    }

    private NodeTyping(Map<Value, Tensor> constants, Map<BodyTypes, List<TensorType>> bodies) {
        this.constants = constants;
        this.bodies = bodies;
    }

    /// The types of the outputs of `op` applied to `inputs`, as many as `outputs` says.
    ///
    /// @throws ShapeException if types or shapes do not fit
    public List<TensorType> infer(Op op, List<Value> inputs, int outputs) {
        checkTypes(op.schema(), inputs);
        var types = inferred(op, new View(inputs, outputs));
        if (types.size() < outputs) {
            throw new ShapeException(op.schema() + ": expected at most " + types.size() + " outputs, found " + outputs);
        }
        return types.subList(0, outputs);
    }

    private static List<TensorType> inferred(Op op, Inference in) {
        try {
            return op.infer(in);
        } catch (RuntimeException e) {
            throw OperatorFailure.of(e);
        }
    }

    /// Notes what is known of the elements of a node's first output.
    public void note(Op op, List<Value> inputs, Value output) {
        var type = output.type().dtype();
        if (!output.isPresent() || !type.isInteger() && type != DataType.BOOL) {
            return;
        }
        op.contents(new View(inputs, 1))
                .filter(dims -> dims.size() <= MOST_CONTENTS)
                .ifPresent(dims -> contents.put(output, dims));
    }

    /// The known elements of a value, if any; truth values are 0 and 1.
    public Optional<List<Dim>> contents(Value value) {
        var constant = constants.get(value);
        if (constant == null) {
            return Optional.ofNullable(contents.get(value));
        }
        if (!constant.type().isInteger() || constant.shape().rank() > 1 || constant.size() > MOST_CONTENTS) {
            return Optional.empty();
        }
        var numbers = new Dim[(int) constant.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Dim.of(constant.getLong(i));
        }
        return Optional.of(List.of(numbers));
    }

    private static void checkTypes(Schema schema, List<Value> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            var parameter = schema.input(i);
            if (parameter.isEmpty()) {
                throw new ShapeException(
                        "expected at most " + schema.inputs().size() + " inputs, found " + inputs.size());
            }
            var value = inputs.get(i);
            if (value.isPresent()) {
                checkType(parameter.get(), i, value.type());
            } else {
                checkMayBeLeftOut(parameter.get(), i);
            }
        }
        checkPresent(schema, inputs.size());
    }

    private static void checkPresent(Schema schema, int given) {
        for (int i = given; i < schema.inputs().size(); i++) {
            checkMayBeLeftOut(schema.inputs().get(i), i);
        }
    }

    private static void checkMayBeLeftOut(Schema.Parameter parameter, int index) {
        switch (parameter.arity()) {
            case REQUIRED, VARIADIC ->
                throw new ShapeException("input " + index + " \"" + parameter.name() + "\" is missing");
            case OPTIONAL, REST -> {}
        }
    }

    private static void checkType(Schema.Parameter parameter, int index, TensorType type) {
        if (!parameter.types().contains(type.dtype())) {
            throw new ShapeException(
                    "input " + index + " \"" + parameter.name() + "\": wrong element type; expected one of "
                            + parameter.types().stream().sorted().toList() + ", found " + type.dtype());
        }
    }

    /// The output types of a closed graph for inputs of the given types.
    public static List<TensorType> inferGraph(Graph graph, List<TensorType> inputs) {
        return inferGraph(graph, inputs, new HashMap<>());
    }

    private static List<TensorType> inferGraph(
            Graph graph, List<TensorType> inputs, Map<BodyTypes, List<TensorType>> bodies) {
        var retyped = new HashMap<Value, Value>();
        var typing = new NodeTyping(graph.constants(), bodies);
        for (int i = 0; i < graph.inputs().size(); i++) {
            var input = graph.inputs().get(i);
            retyped.put(input, new Value(input.name(), i < inputs.size() ? inputs.get(i) : input.type()));
        }
        for (var node : graph.nodes()) {
            var nodeInputs = node.inputs().stream()
                    .map(value -> retyped.getOrDefault(value, value))
                    .toList();
            try {
                typing.retype(node, nodeInputs, retyped);
            } catch (BalsaException e) {
                throw e.within(node.label()).within("graph \"" + graph.name() + "\"");
            }
        }
        return graph.outputs().stream()
                .map(value -> retyped.getOrDefault(value, value).type())
                .toList();
    }

    private void retype(Node node, List<Value> inputs, Map<Value, Value> retyped) {
        var types = infer(node.op(), inputs, node.outputs().size());
        for (int i = 0; i < types.size(); i++) {
            var output = node.outputs().get(i);
            if (output.isPresent()) {
                retyped.put(output, new Value(output.name(), types.get(i)));
            }
        }
        if (!node.outputs().isEmpty()) {
            note(node.op(), inputs, retyped.getOrDefault(node.outputs().getFirst(), Value.NONE));
        }
    }

    /// One node, as its operator's rule sees it.
    private final class View implements Inference {
        private final List<Value> inputs;
        private final int outputs;

        View(List<Value> inputs, int outputs) {
            this.inputs = inputs;
            this.outputs = outputs;
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
        public boolean has(int index) {
            return index < inputs.size() && inputs.get(index).isPresent();
        }

        @Override
        public TensorType type(int index) {
            return inputs.get(index).type();
        }

        @Override
        public Optional<Tensor> constant(int index) {
            return has(index) ? Optional.ofNullable(constants.get(inputs.get(index))) : Optional.empty();
        }

        @Override
        public Optional<List<Dim>> contents(int index) {
            return has(index) ? NodeTyping.this.contents(inputs.get(index)) : Optional.empty();
        }

        @Override
        public List<TensorType> infer(Graph body, List<TensorType> types) {
            var key = new BodyTypes(body, List.copyOf(types));
            var known = bodies.get(key);
            if (known == null) {
                known = inferGraph(body, key.inputs(), bodies);
                bodies.put(key, known);
            }
            return known;
        }
    }
}
