package dev.balsa.plan;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.kept.NotKeptException;
import dev.balsa.rewrite.Pipeline;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Program;
import dev.balsa.run.Stream;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// A graph with a program for every combination of input shapes that was asked for lately. Thread-safe.
public final class CompiledGraph {
    /// Programs that are kept; their weights are shared, so that a program is small, but not nothing.
    private static final int MOST_PROGRAMS = 64;
    /// A program that is run so often is worth being captured.
    private static final int USES_BEFORE_CAPTURE = 16;

    /// A program, and how often it was asked for.
    private static final class Planned {
        private Program program;
        private int uses;

        Planned(Program program) {
            this.program = program;
        }
    }

    private final List<Value> inputs;
    private final Supplier<Graph> graph;
    private final PlanContext context;
    private final Function<List<Shape>, Optional<Program>> kept;
    private final Pipeline whenShaped;
    private final Map<List<Shape>, Planned> programs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Shape>, Planned> eldest) {
            return size() > MOST_PROGRAMS;
        }
    };

    /// Nothing is planned before shapes are known.
    public CompiledGraph(Graph graph, PlanContext context) {
        this(graph.inputs(), () -> graph, context, _ -> Optional.empty());
    }

    /// A graph of these inputs, which is asked for when there is something to plan; always the same.
    ///
    /// @param kept asked for the program of these shapes before one is planned; what it has was planned for this
    ///     graph and context
    public CompiledGraph(
            List<Value> inputs,
            Supplier<Graph> graph,
            PlanContext context,
            Function<List<Shape>, Optional<Program>> kept) {
        this.inputs = inputs;
        this.graph = graph;
        this.context = context;
        this.kept = kept;
        this.whenShaped = Pipelines.whenShaped(
                op -> AttentionLowering.isFast(op, context.isa()),
                new ImageLayouts(context.isa(), context.precision()),
                new Chains(context.isa()));
    }

    /// The program for inputs like the given ones.
    ///
    /// @throws dev.balsa.error.BalsaException if types or shapes do not fit; names the input or the node
    public Program program(List<Tensor> tensors) {
        checkTypes(tensors);
        var shapes = new ArrayList<Shape>(tensors.size());
        tensors.forEach(tensor -> shapes.add(tensor.shape()));
        return programFor(shapes);
    }

    /// The program for inputs of the given shapes, one per input of the graph.
    ///
    /// @throws dev.balsa.error.BalsaException if shapes do not fit; names the node
    public Program programFor(List<Shape> shapes) {
        synchronized (programs) {
            var known = programs.get(shapes);
            if (known == null) {
                known = new Planned(
                        kept.apply(shapes).orElseGet(() -> ProgramBuilder.build(specialized(shapes), context)));
                programs.put(List.copyOf(shapes), known);
            }
            if (++known.uses == USES_BEFORE_CAPTURE) {
                capture(known.program);
            }
            return known.program;
        }
    }

    /// Has a program replaced by one that needs less Java, as soon as that is made.
    private void capture(Program program) {
        if (context.constants() instanceof ModelConstants constants && !ProgramCapture.isCaptured(program)) {
            constants.later(() -> {
                try {
                    replace(
                            program,
                            ProgramCapture.of(
                                    program, constants, context.machine().workers()));
                } catch (NotKeptException e) {
                    System.getLogger(CompiledGraph.class.getName())
                            .log(System.Logger.Level.DEBUG, () -> "a program is not captured: " + e.getMessage());
                }
            });
        }
    }

    /// From now on, runs another program that does the same.
    public void replace(Program program, Program by) {
        synchronized (programs) {
            for (var known : programs.values()) {
                if (known.program == program) {
                    known.program = by;
                }
            }
        }
    }

    /// What the program for inputs of these shapes is made from. Chains are fused when shapes are known: only then
    /// is it certain that no step of a chain changes the shape.
    Specialized specialized(List<Shape> shapes) {
        var types = new ArrayList<TensorType>();
        for (int i = 0; i < shapes.size(); i++) {
            types.add(TensorType.of(inputs.get(i).type().dtype(), shapes.get(i)));
        }
        var specialized = Specializer.specialize(graph.get(), types);
        var now = whenShaped.run(specialized.now());
        return new Specialized(now, specialized.later(), specialized.outputs());
    }

    private void checkTypes(List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            var expected = inputs.get(i);
            if (tensors.get(i).type() != expected.type().dtype()) {
                throw new ShapeException("input \"" + expected.name() + "\": expected elements of type "
                        + expected.type().dtype() + ", found " + tensors.get(i).type() + "; convert the tensor");
            }
        }
    }

    /// Runs the graph inside of another program.
    List<Tensor> runNested(Stream stream, List<Tensor> tensors, int depth) {
        return stream.runNested(program(tensors), tensors, depth);
    }
}
