package dev.balsa.plan;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A graph with a program for every combination of input shapes that was asked for lately. Thread-safe.
///
/// Those that run inside of another program are kept with it ([#toKeep]), graph and all: later processes may need
/// programs for other shapes.
public final class CompiledGraph {
    /// Programs that are kept; their weights are shared, so that a program is small, but not nothing.
    private static final int MOST_PROGRAMS = 64;
    /// Programs of a graph inside of another program that are kept for later processes, the latest ones.
    private static final int MOST_KEPT = 8;
    /// A program that is run so often is worth being captured.
    private static final int USES_BEFORE_CAPTURE = 16;
    /// One whose states grow comes for as many lengths as its window is apart from the next, or never again.
    private static final int USES_OF_WINDOW_BEFORE_CAPTURE = 2;
    /// Operations of a run that takes so long that Java's part does not matter, unlike the time to capture it.
    private static final long MANY_FLOPS = 2_000_000_000L;

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
    /// The names of inputs that programs write to.
    private final List<String> written;
    /// Of this process. Nothing before the first program is asked for; guarded by this object.
    private transient @Nullable Programs programs;
    /// The graph as it is planned from the second time on; guarded likewise.
    private transient @Nullable Graph folded;

    /// The latest programs by the shapes of their inputs.
    private static final class Programs extends LinkedHashMap<List<Shape>, Planned> {
        private static final long serialVersionUID = 1L;
        private static final float USUAL_LOAD = 0.75f;

        /// Whether there is one that was planned here.
        private boolean isNew;

        Programs() {
            super(16, USUAL_LOAD, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Shape>, Planned> eldest) {
            return size() > MOST_PROGRAMS;
        }
    }

    /// A graph that is there.
    private record Present(Graph graph) implements Supplier<Graph> {
        @Override
        public Graph get() {
            return graph;
        }
    }

    /// A program and the shapes that it is for.
    private record Shaped(List<Shape> shapes, Program program) {}

    /// Programs of earlier processes.
    private record Earlier(List<Shaped> programs) implements Function<List<Shape>, Optional<Program>> {
        @Override
        public Optional<Program> apply(List<Shape> shapes) {
            for (var known : programs) {
                if (known.shapes.equals(shapes)) {
                    return Optional.of(known.program);
                }
            }
            return Optional.empty();
        }
    }

    /// Nothing is planned before shapes are known.
    public CompiledGraph(Graph graph, PlanContext context) {
        this(graph.inputs(), new Present(graph), context, new Earlier(List.of()));
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
        this(inputs, graph, context, kept, List.of());
    }

    /// A graph that writes to some of its inputs.
    ///
    /// @param written their names
    CompiledGraph(Graph graph, PlanContext context, Set<String> written) {
        this(graph.inputs(), new Present(graph), context, new Earlier(List.of()), List.copyOf(written));
    }

    private CompiledGraph(
            List<Value> inputs,
            Supplier<Graph> graph,
            PlanContext context,
            Function<List<Shape>, Optional<Program>> kept,
            List<String> written) {
        this.written = written;
        this.inputs = inputs;
        this.graph = graph;
        this.context = context;
        this.kept = kept;
    }

    /// Whether it is this very graph that is compiled here.
    boolean isOf(Graph other) {
        return graph.get() == other;
    }

    private Pipeline whenShaped() {
        return Pipelines.whenShaped(
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
        synchronized (this) {
            var known = programs().get(shapes);
            if (known == null) {
                known = new Planned(kept.apply(shapes).orElseGet(() -> planned(shapes)));
                programs().put(List.copyOf(shapes), known);
            }
            if (isWorthCapture(known.program, ++known.uses)) {
                capture(known.program);
            }
            return known.program;
        }
    }

    private boolean isWorthCapture(Program program, int uses) {
        return uses == USES_BEFORE_CAPTURE
                || uses == USES_OF_WINDOW_BEFORE_CAPTURE && !written.isEmpty() && program.flops() <= MANY_FLOPS;
    }

    /// Whether there is a program for inputs of these shapes, which need not be planned.
    boolean has(List<Shape> shapes) {
        synchronized (this) {
            if (programs().containsKey(shapes)) {
                return true;
            }
            var found = kept.apply(shapes);
            found.ifPresent(program -> programs().put(List.copyOf(shapes), new Planned(program)));
            return found.isPresent();
        }
    }

    /// How many programs there are.
    synchronized int count() {
        return programs().size();
    }

    private Program planned(List<Shape> shapes) {
        var program = ProgramBuilder.build(specialized(shapes), context, Set.copyOf(written));
        programs().isNew = true;
        return program;
    }

    private synchronized Programs programs() {
        var made = programs;
        if (made == null) {
            made = new Programs();
            programs = made;
        }
        return made;
    }

    /// The same graph as later processes get it, with the latest of its programs, captured.
    ///
    /// @throws NotKeptException if something makes sense in this process only
    CompiledGraph toKeep(ModelConstants constants, int workers) throws NotKeptException {
        var all = shaped();
        var latest = new ArrayList<Shaped>();
        for (var one : all.subList(Math.max(0, all.size() - MOST_KEPT), all.size())) {
            latest.add(new Shaped(one.shapes, KeptProgram.captured(one.program, constants, workers)));
        }
        return new CompiledGraph(inputs, new Present(graph.get()), context, new Earlier(List.copyOf(latest)));
    }

    /// What earlier processes had and this one has not asked for, then what it has, the latest last.
    private synchronized List<Shaped> shaped() {
        var all = new ArrayList<Shaped>();
        if (kept instanceof Earlier(var before)) {
            for (var one : before) {
                if (!programs().containsKey(one.shapes)) {
                    all.add(one);
                }
            }
        }
        programs().forEach((shapes, known) -> all.add(new Shaped(shapes, known.program)));
        return all;
    }

    /// Whether programs were planned here that later processes had better find, of this graph or of one inside.
    boolean hasNewOnes() {
        List<Planned> all;
        synchronized (this) {
            all = List.copyOf(programs().values());
            if (programs().isNew && shaped().size() <= MOST_KEPT) {
                return true;
            }
        }
        return all.stream().anyMatch(known -> KeptProgram.hasNewOnes(known.program));
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
        synchronized (this) {
            for (var known : programs().values()) {
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
        var specialized = Specializer.specialize(graphFor(types), types);
        var now = whenShaped().run(specialized.now());
        return new Specialized(now, specialized.later(), specialized.outputs());
    }

    /// The graph that is planned for inputs of these types: from the second time on, it is worth it that lengths
    /// are computed at once. What a symbol stands for is told by one input then, and so has to be the same in
    /// all.
    private synchronized Graph graphFor(List<TensorType> types) {
        var known = folded;
        if (known == null) {
            if (programs().isEmpty()) {
                return graph.get();
            }
            known = Pipelines.whenShapesChange().run(graph.get());
            folded = known;
        }
        return haveSameLengths(types) ? known : graph.get();
    }

    private boolean haveSameLengths(List<TensorType> types) {
        var lengths = new HashMap<Dim, Dim>();
        for (int i = 0; i < types.size(); i++) {
            var declared = inputs.get(i).type().shape();
            var found = types.get(i).shape();
            if (!declared.hasRank() || declared.rank() != found.rank()) {
                return false;
            }
            for (int axis = 0; axis < declared.rank(); axis++) {
                var symbol = declared.dim(axis);
                var length = found.dim(axis);
                if (!symbol.mayEqual(length) || !length.equals(lengths.getOrDefault(symbol, length))) {
                    return false;
                }
                if (!symbol.isUnknown()) {
                    lengths.put(symbol, length);
                }
            }
        }
        return true;
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
