package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/// Runs graphs by the plain definition of every operator: slow, and the measure of everything fast. Stateless.
///
/// What is called wide holds every float32 tensor as float64: inputs, constants, results, and what the bodies of
/// control operators pass around. Operators compute in double precision anyway, so that all that is rounded to
/// single precision are the operators' attributes, and what an operator rounds by definition. Bits of floats
/// cannot be reinterpreted (ONNX BitCast) in a wide run.
public final class Interpreter {
    /// Runs the body of a control operator.
    @FunctionalInterface
    public interface BodyRunner {
        /// The body's outputs for the given inputs.
        List<Tensor> run(Graph body, List<Tensor> inputs);
    }

    private static final List<Value> ONE_OUTPUT = List.of(new Value("output", TensorType.of(DataType.BOOL)));

    private Interpreter() {}

    /// The outputs of a graph for the given inputs, in order. Results may share memory with inputs and constants.
    ///
    /// @throws dev.balsa.error.BalsaException with the place of the failing node
    public static List<Tensor> run(Graph graph, List<Tensor> inputs) {
        return run(graph, inputs, false);
    }

    /// The same, wide: what a model would give if rounding errors were half a billion times smaller.
    ///
    /// @param inputs as the graph has them; float32 may be float64 already
    /// @return float64 for every float32 output
    public static List<Tensor> runWide(Graph graph, List<Tensor> inputs) {
        return run(graph, inputs, true);
    }

    private static List<Tensor> run(Graph graph, List<Tensor> inputs, boolean wide) {
        if (inputs.size() != graph.inputs().size()) {
            throw new ShapeException("graph \"" + graph.name() + "\": expected "
                    + graph.inputs().size() + " inputs, found " + inputs.size());
        }
        var tensors = new HashMap<Value, Tensor>();
        for (int i = 0; i < inputs.size(); i++) {
            tensors.put(graph.inputs().get(i), wide ? widened(inputs.get(i)) : inputs.get(i));
        }
        var reads = reads(graph);
        for (var node : graph.nodes()) {
            runNode(graph, node, tensors, wide);
            node.inputs().stream()
                    .filter(value -> reads.merge(value, -1, Integer::sum) == 0)
                    .forEach(tensors::remove);
        }
        return graph.outputs().stream()
                .map(value -> tensor(graph, value, tensors, wide))
                .toList();
    }

    /// How often each value is read, by nodes and as an output: what nobody will read again need not stay in
    /// memory.
    private static Map<Value, Integer> reads(Graph graph) {
        var reads = new HashMap<Value, Integer>();
        graph.nodes().forEach(node -> node.inputs().forEach(value -> reads.merge(value, 1, Integer::sum)));
        graph.outputs().forEach(value -> reads.merge(value, 1, Integer::sum));
        return reads;
    }

    /// The tensor of a value. Constants are widened when they are read, so that not all of a model's weights are in
    /// memory twice.
    private static Tensor tensor(Graph graph, Value value, Map<Value, Tensor> tensors, boolean wide) {
        var made = tensors.get(value);
        if (made != null) {
            return made;
        }
        var constant = graph.constant(value).orElseThrow();
        return wide ? widened(constant) : constant;
    }

    /// The same numbers as float64 if they are float32, else the tensor itself.
    private static Tensor widened(Tensor tensor) {
        if (tensor.type() != DataType.FLOAT32) {
            return tensor;
        }
        var wide = Tensor.allocate(DataType.FLOAT64, tensor.shape());
        for (long i = 0; i < tensor.size(); i++) {
            wide.setDouble(i, tensor.getDouble(i));
        }
        return wide;
    }

    private static void runNode(Graph graph, Node node, Map<Value, Tensor> tensors, boolean wide) {
        var inputs = node.inputs().stream()
                .map(value ->
                        value.isPresent() ? Optional.of(tensor(graph, value, tensors, wide)) : Optional.<Tensor>empty())
                .toList();
        var manner = wide ? Manner.WIDE : Manner.PLAIN;
        var results = new Evaluating(inputs, node.outputs(), manner).evaluate(node.op(), node.label());
        for (int i = 0; i < node.outputs().size(); i++) {
            if (node.outputs().get(i).isPresent()) {
                tensors.put(node.outputs().get(i), results.get(i));
            }
        }
    }

    /// The outputs of one node, in order (also those that are not wanted, where the operator makes them anyway; the
    /// entries in between are then empty scalars of type bool).
    ///
    /// @param label how failures name the node
    public static List<Tensor> evaluate(Op op, List<Optional<Tensor>> inputs, List<Value> outputs, String label) {
        return evaluate(op, inputs, outputs, label, Long.MAX_VALUE);
    }

    /// The same with a limit on the bytes of one output.
    ///
    /// @throws dev.balsa.error.ResourceException if an output is larger
    public static List<Tensor> evaluate(
            Op op, List<Optional<Tensor>> inputs, List<Value> outputs, String label, long mostBytes) {
        return evaluate(op, inputs, outputs, label, mostBytes, Tensor::allocate);
    }

    /// The same with outputs from an allocator, which may give tensors of any content to operators that fill
    /// theirs.
    public static List<Tensor> evaluate(
            Op op,
            List<Optional<Tensor>> inputs,
            List<Value> outputs,
            String label,
            long mostBytes,
            BiFunction<DataType, Shape, Tensor> allocator) {
        return new Evaluating(inputs, outputs, new Manner(false, mostBytes, allocator, Interpreter::run))
                .evaluate(op, label);
    }

    /// The same with another way to run bodies of control operators.
    public static List<Tensor> evaluate(
            Op op, List<Optional<Tensor>> inputs, List<Value> outputs, String label, BodyRunner bodies) {
        return new Evaluating(inputs, outputs, new Manner(false, Long.MAX_VALUE, Tensor::allocate, bodies))
                .evaluate(op, label);
    }

    /// The outputs of one node, wide: float64 for float32.
    ///
    /// @param inputs as the node has them
    public static List<Tensor> evaluateWide(Op op, List<Optional<Tensor>> inputs, List<Value> outputs, String label) {
        var wide = inputs.stream().map(input -> input.map(Interpreter::widened)).toList();
        return new Evaluating(wide, outputs, Manner.WIDE).evaluate(op, label);
    }

    /// How an operator is evaluated.
    private record Manner(
            boolean wide, long mostBytes, BiFunction<DataType, Shape, Tensor> allocator, BodyRunner bodies) {
        static final Manner PLAIN = new Manner(false, Long.MAX_VALUE, Tensor::allocate, Interpreter::run);
        static final Manner WIDE = new Manner(true, Long.MAX_VALUE, Tensor::allocate, Interpreter::runWide);
    }

    private record Evaluating(
            List<Optional<Tensor>> given, List<Value> wanted, Map<Integer, Tensor> made, Manner manner)
            implements Evaluation {
        Evaluating(List<Optional<Tensor>> given, List<Value> wanted, Manner manner) {
            this(given, wanted, new HashMap<>(), manner);
        }

        List<Tensor> evaluate(Op op, String label) {
            try {
                op.evaluate(this);
                return results(label);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw OperatorFailure.of(e).within(label);
            }
        }

        List<Tensor> results(String label) {
            var results = new ArrayList<Tensor>();
            for (int i = 0; i < wanted.size(); i++) {
                var tensor = made.get(i);
                if (tensor == null && wants(i)) {
                    throw new ShapeException(label + ": output " + i + " was asked for, but this operator, with these "
                            + "attributes, does not give it; remove the output");
                }
                results.add(tensor == null ? Tensor.allocate(DataType.BOOL, Shape.scalar()) : tensor);
            }
            return results;
        }

        @Override
        public int inputs() {
            return given.size();
        }

        @Override
        public int outputs() {
            return wanted.size();
        }

        @Override
        public boolean has(int index) {
            return index < given.size() && given.get(index).isPresent();
        }

        @Override
        public Tensor input(int index) {
            return given.get(index).orElseThrow();
        }

        @Override
        public boolean wants(int index) {
            return index < wanted.size() && wanted.get(index).isPresent();
        }

        @Override
        public Tensor output(int index, DataType type, Shape shape) {
            OutputLimit.check(index, type, shape, manner.mostBytes());
            boolean widened = manner.wide() && type == DataType.FLOAT32;
            var tensor = manner.allocator().apply(widened ? DataType.FLOAT64 : type, shape);
            made.put(index, tensor);
            return tensor;
        }

        @Override
        public void pass(int index, Tensor tensor) {
            made.put(index, manner.wide() ? widened(tensor) : tensor);
        }

        @Override
        public List<Tensor> run(Graph body, List<Tensor> inputs) {
            return manner.bodies().run(body, inputs);
        }

        @Override
        public Tensor apply(Op op, List<Optional<Tensor>> inputs) {
            return new Evaluating(inputs, ONE_OUTPUT, manner)
                    .evaluate(op, op.schema().name())
                    .getFirst();
        }
    }
}
