package dev.balsa;

import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.CpuFeature;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.Topology;
import dev.balsa.error.BalsaException;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.OperatorFailure;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Machine;
import dev.balsa.onnx.ImportedModel;
import dev.balsa.onnx.ModelImport;
import dev.balsa.onnx.proto.OnnxFile;
import dev.balsa.plan.CodeFiles;
import dev.balsa.plan.CompiledGraph;
import dev.balsa.plan.GrowingStates;
import dev.balsa.plan.ModelConstants;
import dev.balsa.plan.PackedTexts;
import dev.balsa.plan.PlanContext;
import dev.balsa.plan.StepwiseRun;
import dev.balsa.rewrite.Pipelines;
import dev.balsa.run.Program;
import dev.balsa.run.StepInfo;
import dev.balsa.run.StepListener;
import dev.balsa.run.Stream;
import dev.balsa.run.WorkerPlaces;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A loaded model, ready to run. Thread-safe: runs beyond the number of streams wait their turn.
///
/// It owns the mapped file, the packed weights, the memory of its runs and its worker threads; [#close] frees them
/// all. The first run with new input shapes plans them and packs weights, which takes a while; later runs with
/// these shapes do not. [#prepare] does it beforehand; loading does where the file says all shapes.
public final class Model implements AutoCloseable {
    private static final Thread ANY_OTHER_THREAD = Thread.ofPlatform().unstarted(() -> {});

    private final Path path;
    private final List<Value> graphInputs;
    /// By the names that they have in the file; the compiled graph may have others.
    private final List<Value> graphOutputs;
    /// As it is in the file.
    private final Supplier<ImportedModel> imported;
    private final CompiledGraph compiled;
    private final PackedTexts packed;
    private final Supplier<Optional<GrowingStates>> states;
    private final ModelPlans plans;
    private final PlanContext context;
    private final Arena arena;
    private final ModelConstants constants;
    private final Map<String, Integer> outputIndices = new LinkedHashMap<>();
    private final int streams;
    private final boolean padding;
    private final BlockingQueue<Stream> idle;
    private volatile boolean hasPlanned;
    private volatile boolean closed;

    private Model(Path path, MemorySegment file, Options options, Isa isa, Arena arena) {
        this.path = path;
        this.arena = arena;
        this.streams = options.streams();
        padding = options.padding();
        constants = new ModelConstants(arena, options.codeFolder().map(CodeFiles::new));
        int threads = Math.max(1, options.threads() / streams);
        context = new PlanContext(
                isa,
                options.precision(),
                constants,
                options.memoryLimit(),
                options.threads(),
                Machine.nominal(isa, Cpu.current().caches(), threads),
                options.tuning().tuner(),
                false);
        imported = new Lazy<>(() -> ModelImport.read(path, file, arena));
        plans = new ModelPlans(path, file, options, context, constants, imported);
        graphInputs = plans.inputs();
        graphOutputs = plans.outputs();
        graphOutputs.forEach(value -> outputIndices.putIfAbsent(value.name(), outputIndices.size()));
        var graph = new Lazy<>(() -> {
            hasPlanned = true;
            return Pipelines.whenLoaded(options.threads()).run(imported.get().graph());
        });
        compiled = new CompiledGraph(graphInputs, graph, context, plans::program);
        packed = new PackedTexts(graphInputs, graph, context);
        states = new Lazy<>(() -> GrowingStates.of(graph.get(), compiled, context));
        if (!plans.haveModel()) {
            // Whatever is wrong with the graph is told now.
            graph.get();
        }
        idle = new ArrayBlockingQueue<>(streams);
        var places = places(options, threads);
        for (int i = 0; i < streams; i++) {
            idle.add(new Stream(threads, "balsa-" + i, places.ofStream(i)));
        }
        plans.keepModel(plans.isKnown() ? prepareKnown() : Optional.empty(), compiled::replace);
    }

    /// A model that cannot be run may still be looked at; its first run says what is wrong.
    private Optional<Program> prepareKnown() {
        try {
            return Optional.of(prepare(shapesInOrder(Map.of())));
        } catch (BalsaException e) {
            System.getLogger(Model.class.getName())
                    .log(System.Logger.Level.DEBUG, () -> "not prepared: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static WorkerPlaces places(Options options, int threads) {
        if (!options.pinning()) {
            return WorkerPlaces.ANYWHERE;
        }
        var topology = Topology.current();
        var places = WorkerPlaces.of(topology, options.streams(), threads);
        if (places.order().isEmpty()) {
            System.getLogger(Model.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "threads are not pinned: expected at most "
                                    + topology.processors().size() + " threads in all, one per usable processor, found "
                                    + options.streams() + " streams of " + threads
                                    + "; ask for fewer threads or streams");
        }
        return places;
    }

    /// Loads an ONNX file with [Options#defaults].
    public static Model load(Path path) {
        return load(path, Options.defaults());
    }

    /// Loads an ONNX file.
    ///
    /// @throws dev.balsa.error.BalsaException if the file is missing, damaged, or asks for what Balsa does not
    ///     offer; or if the options ask for an instruction-set level that there is no code for
    public static Model load(Path path, Options options) {
        var isa = isa(options);
        var arena = Arena.ofShared();
        try {
            var file = OnnxFile.map(path, arena);
            try {
                return new Model(path, file, options, isa, arena);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw OperatorFailure.of(e).within(place(path));
            }
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// The level to write code for.
    private static Isa isa(Options options) {
        var wanted = options.isa();
        if (wanted.isEmpty()) {
            return Isa.best();
        }
        if (wanted.get() != Isa.PORTABLE) {
            var missing = Cpu.current().missing(wanted.get());
            if (!missing.isEmpty()) {
                throw new UnsupportedException("instruction-set level "
                        + wanted.get().label() + " needs "
                        + missing.stream().map(CpuFeature::label).sorted().toList()
                        + ", which this processor lacks; expected at most "
                        + Cpu.current().best().label() + ", or none to get the best there is");
            }
        }
        return wanted.get();
    }

    private static String place(Path path) {
        return "model " + path.getFileName();
    }

    /// The inputs, in the model's order.
    public List<TensorInfo> inputs() {
        return graphInputs.stream().map(Model::info).toList();
    }

    /// The outputs, in the model's order.
    public List<TensorInfo> outputs() {
        return graphOutputs.stream().map(Model::info).toList();
    }

    private static TensorInfo info(Value value) {
        var dims = value.type().shape().dims();
        return new TensorInfo(
                value.name(),
                value.type().dtype(),
                dims.map(list -> list.stream().map(Dim::toString).toList()));
    }

    /// Does what the first run with inputs of these shapes would do once: plans, writes code, packs weights, takes
    /// memory. Runs under way go on; new ones may wait for the end.
    ///
    /// @param shapes by name; inputs whose shape the model tells may be left out
    /// @throws ShapeException if a shape is missing, unknown or does not fit, or if a node cannot take it
    /// @throws ResourceException if the model is closed, or a run would take more memory than the options allow
    public void prepare(Map<String, Shape> shapes) {
        var ordered = shapesInOrder(shapes);
        plans.keep(ordered, prepare(ordered), compiled::replace);
    }

    private Program prepare(List<Shape> shapes) {
        var free = new ArrayList<Stream>();
        free.add(take());
        try {
            idle.drainTo(free);
            var program = compiled.programFor(shapes);
            free.forEach(stream -> stream.prepare(program));
            return program;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.addAll(free);
        }
    }

    /// Whether anything has been planned by this model; not if all was kept by an earlier process, see
    /// [Options#planFolder].
    public boolean hasPlanned() {
        return hasPlanned;
    }

    private List<Shape> shapesInOrder(Map<String, Shape> shapes) {
        var ordered = new ArrayList<Shape>();
        int given = 0;
        for (var value : graphInputs) {
            var declared = value.type().shape();
            var shape = shapes.get(value.name());
            if (shape == null) {
                ordered.add(declared.known()
                        .orElseThrow(() -> new ShapeException("the shape of input \"" + value.name()
                                + "\" is missing; expected a shape for " + info(value) + "; pass it by name")));
            } else if (!admits(declared, shape)) {
                throw new ShapeException("the shape of input \"" + value.name() + "\" does not fit; expected "
                        + info(value) + ", found " + shape);
            } else {
                ordered.add(isScalar(declared) ? Shape.scalar() : shape);
                given++;
            }
        }
        if (given < shapes.size()) {
            throw new ShapeException("unknown inputs among " + shapes.keySet() + "; expected " + inputs());
        }
        return ordered;
    }

    /// Runs the model once on the given inputs, by name. The inputs are read during the call and not kept.
    ///
    /// Texts that a mask of zeros and ones tells from padding are computed without it, unless [Options#padding]
    /// says otherwise: if inputs are of shape `[batch, sequence, ...]`, tokens meet each other in attention
    /// alone, and there only those that the mask shows. What outputs of shape `[batch, sequence, ...]` have for
    /// padding is 0 then. [#profile] and [#plan] tell of runs with padding.
    ///
    /// Interrupting the calling thread ends the run at its next step (an endless loop in the model, too).
    ///
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape, or if a node
    /// cannot
    ///     take the values that it is given
    /// @throws ResourceException if the model is closed, the run takes more memory than the options allow, or the
    ///     thread is interrupted
    public Outputs run(Map<String, Tensor> inputs) {
        var tensors = inOrder(inputs);
        var stream = take();
        try {
            var texts = padding ? Optional.<PackedTexts.Batch>empty() : packed.choose(tensors, compiled);
            var results = texts.isPresent()
                    ? packed.run(stream, texts.get(), tensors)
                    : stream.run(compiled.program(tensors), tensors);
            return new Outputs(outputIndices, results.tensors(), results.release());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.add(stream);
        }
    }

    /// A session, for runs of which each adds to what the earlier ones left. It must be closed, before the model is.
    ///
    /// @throws UnsupportedException if the model keeps nothing from run to run in the way that [Session] tells
    /// @throws ResourceException if the model is closed
    public Session newSession() {
        var stream = take();
        try {
            return new Session(
                    this,
                    states.get()
                            .orElseThrow(() -> new UnsupportedException(
                                    "the model has no states; expected an input that is concatenated with new entries and"
                                            + " given out, found inputs " + inputs() + " and outputs " + outputs()
                                            + "; run the model without a session")));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.add(stream);
        }
    }

    /// A run of a session.
    Outputs run(GrowingStates held, GrowingStates.Conversation conversation, Map<String, Tensor> inputs) {
        var tensors = inOrder(held.given().stream().map(graphInputs::get).toList(), inputs);
        var indices = new LinkedHashMap<String, Integer>();
        held.results().forEach(i -> indices.putIfAbsent(graphOutputs.get(i).name(), indices.size()));
        var stream = take();
        try {
            var results = conversation.run(stream, tensors);
            return new Outputs(indices, results.tensors(), results.release());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.add(stream);
        }
    }

    /// Runs the model once and tells how long each step took, in order of execution; outputs are dropped.
    ///
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape
    public List<StepTime> profile(Map<String, Tensor> inputs) {
        var tensors = inOrder(inputs);
        var times = new ArrayList<StepTime>();
        var stream = take();
        try {
            var program = compiled.program(tensors);
            long begin = System.nanoTime();
            stream.listen((step, depth, start, end) -> times.add(time(step, depth, start - begin, end - start)));
            stream.run(program, tensors).release().run();
            return times;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            stream.listen(StepListener.NONE);
            idle.add(stream);
        }
    }

    /// The outputs, in the model's order, in double precision: operators are run by their plain definitions, on
    /// float64 wherever the model has float32, weights and inputs included. Slow: minutes for a large model. The
    /// graph is as in the file, without any rewriting, and the options do not matter.
    ///
    /// Numbers that the model rounds by its own operators (quantisation, Floor, float16) are rounded all the same,
    /// after less error than in a usual run; where that tips a rounding over, results differ by a step.
    ///
    /// @return float64 for float32 outputs, other types as they are; freed by the garbage collector
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape, or if a node cannot
    ///     take the values that it is given
    /// @throws ResourceException if the model is closed
    public List<Tensor> runInDoubles(Map<String, Tensor> inputs) {
        var tensors = inOrder(inputs);
        var stream = take();
        try {
            return Interpreter.runWide(imported.get().graph(), tensors);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.add(stream);
        }
    }

    /// Runs the model once, step by step, and tells for each float32 result of a step how far it is from what the
    /// step's plain definition gives in double precision for the same operands; in order of execution, those of
    /// branches, loops and later stages included. Errors of earlier steps so do not count. Slow, as
    /// [#runInDoubles].
    ///
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape, or if a node cannot
    ///     take the values that it is given
    /// @throws ResourceException if the model is closed
    public List<StepError> stepErrors(Map<String, Tensor> inputs) {
        var tensors = inOrder(inputs);
        var errors = new ArrayList<StepError>();
        var stream = take();
        try {
            StepwiseRun.Listener listener = (step, found, expected) -> errors.add(new StepError(
                    step.node(), step.operator(), step.kernel(), step.shape(), Deviation.of(found, expected)));
            new StepwiseRun(context, stream, listener).run(compiled, tensors);
            return errors;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within(place(path));
        } finally {
            idle.add(stream);
        }
    }

    private static StepTime time(StepInfo step, int depth, long start, long nanos) {
        return new StepTime(
                step.node(),
                step.operator(),
                step.kernel(),
                step.shape(),
                step.flops(),
                step.bytes(),
                depth,
                start,
                nanos);
    }

    /// The steps that [#run] would take for inputs like these, whose elements do not matter. Steps inside of
    /// branches, loops and stages whose shapes only the run tells are not among them.
    ///
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape
    public List<PlannedStep> plan(Map<String, Tensor> inputs) {
        return compiled.program(inOrder(inputs)).steps().stream()
                .map(step -> PlannedStep.of(step.info()))
                .toList();
    }

    /// What the model file holds; counts its operators and the zeros among its weights anew with every call.
    ///
    /// @throws ResourceException if the model is closed
    public ModelSummary summary() {
        if (closed) {
            throw closedError();
        }
        return ModelSummary.of(imported.get());
    }

    private List<Tensor> inOrder(Map<String, Tensor> inputs) {
        return inOrder(graphInputs, inputs);
    }

    private static List<Tensor> inOrder(List<Value> expected, Map<String, Tensor> inputs) {
        var tensors = new ArrayList<Tensor>(expected.size());
        for (var value : expected) {
            var tensor = inputs.get(value.name());
            if (tensor == null) {
                throw new ShapeException("input \"" + value.name() + "\" is missing; expected all of "
                        + expected.stream().map(Model::info).toList() + "; pass it by name");
            }
            tensors.add(shared(checked(value, tensor)));
        }
        if (inputs.size() > tensors.size()) {
            throw new ShapeException("unknown inputs among " + inputs.keySet() + "; expected "
                    + expected.stream().map(Model::info).toList());
        }
        return tensors;
    }

    /// The tensor in memory that worker threads may read. Memory of an arena confined to the caller's thread can be
    /// read by them all the same: that thread is in [#run] until they are done, and nobody else can free it.
    @SuppressWarnings("restricted")
    private static Tensor shared(Tensor tensor) {
        var memory = tensor.memory();
        if (memory.isAccessibleBy(ANY_OTHER_THREAD)) {
            return tensor;
        }
        return Tensor.wrap(
                tensor.type(),
                tensor.shape(),
                MemorySegment.ofAddress(memory.address()).reinterpret(memory.byteSize()));
    }

    /// The tensor, if it has the type and a shape that the model admits.
    private static Tensor checked(Value value, Tensor tensor) {
        var shape = value.type().shape();
        if (value.type().dtype() != tensor.type() || !admits(shape, tensor.shape())) {
            throw new ShapeException("input \"" + value.name() + "\" does not fit; expected " + info(value) + ", found "
                    + tensor + "; convert or reshape the tensor");
        }
        return isScalar(shape) ? tensor.reshaped(Shape.scalar()) : tensor;
    }

    /// One element passes for a scalar: many exporters declare a scalar and feed a vector of length 1.
    private static boolean admits(SymbolicShape declared, Shape shape) {
        return isScalar(declared) ? shape.size() == 1 : declared.admits(shape);
    }

    private static boolean isScalar(SymbolicShape shape) {
        return shape.hasRank() && shape.rank() == 0;
    }

    private Stream take() {
        if (closed) {
            throw closedError();
        }
        try {
            Stream stream;
            do {
                stream = idle.poll(50, TimeUnit.MILLISECONDS);
                if (closed) {
                    Optional.ofNullable(stream).ifPresent(idle::add);
                    throw closedError();
                }
            } while (stream == null);
            return stream;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResourceException("the thread was interrupted while it waited for a free stream of " + path, e);
        }
    }

    private ResourceException closedError() {
        return new ResourceException("model " + path.getFileName() + " is closed; load it again to run it");
    }

    /// Waits for runs to end, then frees everything the model owns. Does nothing the second time.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = false;
        for (int i = 0; i < streams; ) {
            try {
                idle.take().close();
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        plans.finish();
        constants.close();
        arena.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
