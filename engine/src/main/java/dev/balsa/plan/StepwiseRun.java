package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.view.View;
import dev.balsa.run.Program;
import dev.balsa.run.StepInfo;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run in which every node is a program of its own, and what it gives is compared with the operator's plain
/// definition in double precision on the same operands.
///
/// Nodes are those that a usual run has, with the same kernels, since a kernel is chosen by its node alone; so the
/// outputs are the same bits. It is as slow as the plain definitions. Not thread-safe.
public final class StepwiseRun {
    /// Hears of every float32 result, but for those of operators that only change shapes.
    @FunctionalInterface
    public interface Listener {
        /// A node has run.
        ///
        /// @param found the kernel's result
        /// @param expected float64, of the same shape
        void ran(StepInfo step, Tensor found, Tensor expected);
    }

    /// A graph for certain input shapes; bodies of loops run again and again.
    private record Stage(Specialized graph, IdentityHashMap<Node, Program> programs, Optional<CompiledGraph> later) {}

    private record Key(CompiledGraph graph, List<Shape> shapes) {}

    private final PlanContext context;
    private final Stream stream;
    private final Listener listener;
    private final Map<Key, Stage> stages = new HashMap<>();
    private final IdentityHashMap<Graph, CompiledGraph> bodies = new IdentityHashMap<>();

    /// @param context what the graphs to be run were compiled with
    /// @param stream is used by this run alone meanwhile
    public StepwiseRun(PlanContext context, Stream stream, Listener listener) {
        this.context = context;
        this.stream = stream;
        this.listener = listener;
    }

    /// The outputs of a graph for the given inputs.
    ///
    /// @throws dev.balsa.error.BalsaException with the place of the failing node
    public List<Tensor> run(CompiledGraph graph, List<Tensor> inputs) {
        var shapes = inputs.stream().map(Tensor::shape).toList();
        var stage = stages.computeIfAbsent(new Key(graph, shapes), _ -> stage(graph, shapes));
        var now = stage.graph().now();
        var tensors = new HashMap<Value, Tensor>(now.constants());
        for (int i = 0; i < inputs.size(); i++) {
            tensors.put(now.inputs().get(i), inputs.get(i));
        }
        var reads = reads(stage.graph());
        for (var node : now.nodes()) {
            runNode(stage, node, tensors);
            node.inputs().stream()
                    .filter(value -> reads.merge(value, -1, Integer::sum) == 0)
                    .forEach(tensors::remove);
        }
        var later = stage.later()
                .map(rest -> run(
                        rest,
                        stage.graph().later().orElseThrow().inputs().stream()
                                .map(tensors::get)
                                .toList()))
                .orElse(List.of());
        return stage.graph().outputs().stream()
                .map(source -> switch (source) {
                    case Specialized.Source.Now(var value) -> tensors.get(value);
                    case Specialized.Source.Later(int index) -> later.get(index);
                })
                .toList();
    }

    private Stage stage(CompiledGraph graph, List<Shape> shapes) {
        var specialized = graph.specialized(shapes);
        return new Stage(
                specialized,
                new IdentityHashMap<>(),
                specialized.later().map(rest -> new CompiledGraph(rest, context)));
    }

    /// How often each value is read; results of nodes that nobody will read again need not stay in memory.
    private static Map<Value, Integer> reads(Specialized graph) {
        var reads = new HashMap<Value, Integer>();
        graph.now().nodes().forEach(node -> node.inputs().forEach(value -> reads.merge(value, 1, Integer::sum)));
        graph.now().outputs().forEach(value -> reads.merge(value, 1, Integer::sum));
        graph.now().constants().keySet().forEach(value -> reads.merge(value, 1, Integer::sum));
        return reads;
    }

    private void runNode(Stage stage, Node node, Map<Value, Tensor> tensors) {
        var operands = node.inputs().stream()
                .map(value -> Optional.ofNullable(value.isPresent() ? tensors.get(value) : null))
                .toList();
        var wanted = node.outputs().stream().filter(Value::isPresent).toList();
        if (node.op() instanceof Control) {
            var results = Interpreter.evaluate(node.op(), operands, node.outputs(), node.label(), this::runBody);
            for (var output : wanted) {
                tensors.put(output, results.get(node.outputs().indexOf(output)));
            }
            return;
        }
        var alone = alone(node, stage.graph().now());
        var program = stage.programs().computeIfAbsent(node, _ -> ProgramBuilder.build(alone, context));
        var inputs = alone.now().inputs().stream().map(tensors::get).toList();
        var results = stream.runNested(program, inputs, 0);
        for (int i = 0; i < wanted.size(); i++) {
            tensors.put(wanted.get(i), results.get(i));
        }
        if (!(node.op() instanceof View)
                && wanted.stream().anyMatch(output -> output.type().dtype() == DataType.FLOAT32)) {
            compare(node, program, operands, results);
        }
    }

    private List<Tensor> runBody(Graph body, List<Tensor> inputs) {
        return run(bodies.computeIfAbsent(body, graph -> new CompiledGraph(graph, context)), inputs);
    }

    /// A node as a graph.
    private static Specialized alone(Node node, Graph graph) {
        var inputs = new ArrayList<Value>();
        var constants = new LinkedHashMap<Value, Tensor>();
        for (var value : node.inputs()) {
            var constant = graph.constant(value);
            if (constant.isPresent()) {
                constants.put(value, constant.get());
            } else if (value.isPresent() && !inputs.contains(value)) {
                inputs.add(value);
            }
        }
        var outputs = node.outputs().stream().filter(Value::isPresent).toList();
        return new Specialized(
                new Graph(graph.name(), inputs, constants, List.of(node), outputs),
                Optional.empty(),
                outputs.stream()
                        .<Specialized.Source>map(Specialized.Source.Now::new)
                        .toList());
    }

    /// @param found of the outputs that are wanted
    private void compare(Node node, Program program, List<Optional<Tensor>> operands, List<Tensor> found) {
        var step = program.steps().getFirst().info();
        var expected = Interpreter.evaluateWide(node.op(), operands, node.outputs(), node.label());
        int wanted = 0;
        for (int i = 0; i < node.outputs().size(); i++) {
            var output = node.outputs().get(i);
            if (output.isPresent()) {
                if (output.type().dtype() == DataType.FLOAT32) {
                    listener.ran(step, found.get(wanted), expected.get(i));
                }
                wanted++;
            }
        }
    }
}
