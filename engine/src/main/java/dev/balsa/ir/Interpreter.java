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
public final class Interpreter {
    private Interpreter() {}

    /// The outputs of a graph for the given inputs, in order. Results may share memory with inputs and constants.
    ///
    /// @throws dev.balsa.error.BalsaException with the place of the failing node
    public static List<Tensor> run(Graph graph, List<Tensor> inputs) {
        if (inputs.size() != graph.inputs().size()) {
            throw new ShapeException("graph \"" + graph.name() + "\": expected "
                    + graph.inputs().size() + " inputs, found " + inputs.size());
        }
        var tensors = new HashMap<Value, Tensor>(graph.constants());
        for (int i = 0; i < inputs.size(); i++) {
            tensors.put(graph.inputs().get(i), inputs.get(i));
        }
        for (var node : graph.nodes()) {
            runNode(node, tensors);
        }
        return graph.outputs().stream().map(tensors::get).toList();
    }

    private static void runNode(Node node, Map<Value, Tensor> tensors) {
        var results = evaluate(
                node.op(),
                node.inputs().stream()
                        .map(value -> Optional.ofNullable(value.isPresent() ? tensors.get(value) : null))
                        .toList(),
                node.outputs(),
                node.label());
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

    /// The same with outputs from an allocator, which may give tensors of any content to operators that fill theirs.
    public static List<Tensor> evaluate(
            Op op,
            List<Optional<Tensor>> inputs,
            List<Value> outputs,
            String label,
            long mostBytes,
            BiFunction<DataType, Shape, Tensor> allocator) {
        var run = new Evaluating(inputs, outputs, mostBytes, allocator);
        try {
            op.evaluate(run);
            return run.results(label);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(label);
        }
    }

    private record Evaluating(
            List<Optional<Tensor>> given,
            List<Value> wanted,
            Map<Integer, Tensor> made,
            long mostBytes,
            BiFunction<DataType, Shape, Tensor> allocator)
            implements Evaluation {
        Evaluating(
                List<Optional<Tensor>> given,
                List<Value> wanted,
                long mostBytes,
                BiFunction<DataType, Shape, Tensor> allocator) {
            this(given, wanted, new HashMap<>(), mostBytes, allocator);
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
            OutputLimit.check(index, type, shape, mostBytes);
            var tensor = allocator.apply(type, shape);
            made.put(index, tensor);
            return tensor;
        }

        @Override
        public void pass(int index, Tensor tensor) {
            made.put(index, tensor);
        }

        @Override
        public List<Tensor> run(Graph body, List<Tensor> inputs) {
            return Interpreter.run(body, inputs);
        }
    }
}
