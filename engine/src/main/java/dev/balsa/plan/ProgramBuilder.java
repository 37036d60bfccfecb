package dev.balsa.plan;

import dev.balsa.error.InternalException;
import dev.balsa.error.ResourceException;
import dev.balsa.ir.Node;
import dev.balsa.ir.OperatorFailure;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.view.View;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.plan.choice.Trial;
import dev.balsa.run.Program;
import dev.balsa.run.Step;
import dev.balsa.run.StepInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes the program of a specialised graph: steps, slots, memory.
final class ProgramBuilder {
    /// How long kernels are measured at most, for a request and for all of a program.
    private static final long REQUEST_NANOS = 30_000_000L;

    private static final long PROGRAM_NANOS = 3_000_000_000L;

    private final Specialized source;
    private final PlanContext context;
    private final Lowering lowering;
    private final SlotTable slots;
    private final List<Step> steps = new ArrayList<>();
    private Map<Node, Optional<KernelChoice>> choices = Map.of();
    private StorageHandover handover = StorageHandover.NONE;
    private ConcatPieces pieces = ConcatPieces.NONE;
    /// The nodes that are made together, by each of them.
    private Map<Node, DepthFirst.Group> groups = Map.of();
    private RowMeansForPools means;
    private long sharedBytes;
    private long workerBytes;

    private ProgramBuilder(Specialized source, PlanContext context, Trial trial, Set<String> written) {
        this.source = source;
        this.context = context;
        this.lowering = new Lowering(source.now(), new KernelPicker(source.now(), context, trial));
        this.slots = new SlotTable(source, written);
        this.means = RowMeansForPools.of(source.now(), choices, groups, _ -> Optional.empty());
    }

    static Program build(Specialized source, PlanContext context) {
        return build(source, context, Set.of());
    }

    /// A program that writes to some of its inputs: what nodes make of them in place is seen by the caller.
    ///
    /// @param written their names
    static Program build(Specialized source, PlanContext context, Set<String> written) {
        try (var trial = new Trial(
                context.machine().caches(),
                context.machine().workers(),
                context.memoryLimit(),
                REQUEST_NANOS,
                PROGRAM_NANOS)) {
            return new ProgramBuilder(source, context, trial, written).build();
        } finally {
            context.tuner().save();
        }
    }

    /// The kernel of a node that has another input than before, of floats, unless rows of its output are apart.
    private Optional<KernelChoice> lowerDense(Node node) {
        boolean isApart = node.outputs().stream()
                .anyMatch(output -> pieces.piece(output).filter(Piece::isApart).isPresent());
        return isApart ? Optional.empty() : lowering.lower(node).flatMap(handover::withOutput);
    }

    private Program build() {
        int threads = context.tuner().measures() ? 1 : context.threads();
        var nodes = source.now().nodes();
        var ahead = new KernelChoices(nodes, source.now().constants().values(), threads);
        var scaled = FactorsIntoRows.of(source.now(), ahead.choose(nodes, this::chooseSafely));
        handover = StorageHandover.of(
                source.now(),
                scaled.choices(),
                scaled.multiplications().values(),
                StorageHandover.wanted(context.isa(), context.precision()));
        choices = handover.choices();
        slots.store(handover);
        if (VectorUnit.of(context.isa()).isPresent()) {
            pieces = ConcatPieces.of(source.now(), choices, handover, lowering);
            choices = pieces.choices();
        }
        groups = scaled.grouped(DepthFirst.of(source.now(), choices, context.machine()), choices);
        means = RowMeansForPools.of(source.now(), choices, groups, this::lowerDense);
        choices = means.choices();
        groups = means.groups();
        ahead.prepare(works());
        nodes.forEach(this::addPlaced);
        var outputs = new ArrayList<Integer>();
        var laterSlots = addLater();
        for (int i = 0; i < source.outputs().size(); i++) {
            outputs.add(
                    switch (source.outputs().get(i)) {
                        case Specialized.Source.Later(int index) -> laterSlots.get(index);
                        case Specialized.Source.Now(var value) -> output(value);
                    });
        }
        long memory = slots.layOut(steps.size());
        checkMemory(
                "intermediate tensors of graph \"" + source.now().name() + "\"", memory + sharedBytes + workerBytes);
        return new Program(slots.finish(), steps, outputs, memory, sharedBytes, workerBytes);
    }

    /// What is to be prepared, in the order of the steps.
    private List<KernelChoice> works() {
        var works = new ArrayList<KernelChoice>();
        for (var node : source.now().nodes()) {
            var group = groups.get(node);
            if (group == null) {
                choices.getOrDefault(node, Optional.empty()).ifPresent(works::add);
            } else if (group.last() == node) {
                works.add(group.choice());
            }
        }
        return works;
    }

    private void checkMemory(String what, long bytes) {
        if (bytes < 0 || bytes > context.memoryLimit()) {
            throw new ResourceException(
                    what + " take " + (bytes < 0 ? "2^63 or more" : bytes) + " bytes; expected at most "
                            + context.memoryLimit() + "; use smaller inputs or allow more memory");
        }
    }

    private void addPlaced(Node node) {
        try {
            node.outputs().forEach(this::checkMemory);
            add(node);
        } catch (RuntimeException e) {
            throw OperatorFailure.of(e).within(node.label());
        }
    }

    /// Sizes are checked before memory is asked for.
    private Optional<KernelChoice> chooseSafely(Node node) {
        node.outputs().forEach(this::checkMemory);
        return Specialized.isDynamic(node) || node.op() instanceof View ? Optional.empty() : lowering.lower(node);
    }

    private Optional<KernelChoice> choice(Node node) {
        var made = choices.get(node);
        return made != null && !(node.op() instanceof View) ? made : lowering.lower(node);
    }

    private void checkMemory(Value output) {
        if (output.isPresent() && output.type().shape().isKnown()) {
            var shape = output.type().shape().known().orElseThrow();
            checkMemory(
                    "elements of output \"" + output.name() + "\", " + output.type() + ",",
                    shape.size() > Long.MAX_VALUE / 64
                            ? -1
                            : output.type().dtype().bytes(shape.size()));
        }
    }

    private void add(Node node) {
        var group = groups.get(node);
        if (group != null) {
            if (group.last() == node) {
                // Until now others must leave alone what any of them reads.
                group.nodes().forEach(member -> slots.consume(member.inputs()));
                addKernel(StepInfos.of(group), means.outputs(node), group.choice());
            }
            return;
        }
        boolean dynamic = Specialized.isDynamic(node);
        slots.consume(node.inputs());
        if (pieces.isDone(node)
                || node.op() instanceof View && pieces.piece(node.output(0)).isPresent()) {
            pieces.piece(node.output(0)).ifPresent(piece -> slots.definePiece(node.output(0), steps.size(), piece));
            return;
        }
        if (node.op() instanceof View && !dynamic && slots.alias(node.output(0), node.input(0))) {
            return;
        }
        var choice = dynamic ? Optional.<KernelChoice>empty() : choice(node);
        if (choice.isPresent()) {
            addKernel(
                    StepInfos.of(
                            means.reading(node),
                            choice.get().kernel(),
                            choice.get().reason(),
                            choice.get().flops()),
                    means.outputs(node),
                    choice.get());
        } else {
            addPlain(node, dynamic);
        }
    }

    private void addKernel(StepInfo info, List<Value> wanted, KernelChoice choice) {
        int step = steps.size();
        var operands = new ArrayList<Integer>();
        var inputs = choice.operands().subList(0, choice.operands().size() - wanted.size());
        inputs.forEach(value -> operands.add(slots.use(value, step)));
        wanted.forEach(output -> operands.add(define(output, step, choice, inputs)));
        var work = choice.work();
        sharedBytes = Math.max(sharedBytes, work.sharedBytes());
        workerBytes = Math.max(workerBytes, work.workerBytes());
        steps.add(new Step.KernelStep(info, work, operands));
    }

    private int define(Value output, int step, KernelChoice choice, List<Value> inputs) {
        var piece = pieces.piece(output);
        if (piece.isPresent()) {
            return slots.definePiece(output, step, piece.get());
        }
        if (slots.isDefined(output)) {
            // Pieces of it were written before.
            return slots.use(output, step);
        }
        if (choice.inPlace().isPresent() && output.equals(choice.operands().getLast())) {
            var over = slots.defineOver(
                    output, step, choice.operands().get(choice.inPlace().getAsInt()), inputs);
            if (over.isPresent()) {
                return over.get();
            }
            checkWritten(choice.operands().get(choice.inPlace().getAsInt()));
        }
        return slots.define(output, step);
    }

    /// What is written elsewhere than to an input that is to be written to would be lost.
    private void checkWritten(Value value) {
        if (value.isPresent() && slots.isWritten(value)) {
            throw new InternalException("input " + value + " is not written to in place");
        }
    }

    private void addPlain(Node node, boolean dynamic) {
        if (node.op() instanceof TensorScatter) {
            checkWritten(node.input(0));
        }
        int step = steps.size();
        var inputs = node.inputs().stream().map(value -> slots.use(value, step)).toList();
        var outputs = new ArrayList<Integer>();
        for (var output : node.outputs()) {
            if (!output.isPresent()) {
                outputs.add(Step.NO_SLOT);
            } else {
                outputs.add(dynamic ? slots.defineDynamic(output) : slots.define(output, step));
            }
        }
        addHost(new Step.HostStep(
                StepInfos.of(node, "plain", "", 0),
                new PlainTask(node, bodies(node), context.memoryLimit()),
                inputs,
                outputs));
    }

    private void addHost(Step.HostStep step) {
        step.inputs().forEach(slots::noteShape);
        step.outputs().forEach(slots::noteShape);
        steps.add(step);
    }

    private List<CompiledGraph> bodies(Node node) {
        return node.op() instanceof Control control
                ? control.bodies().stream()
                        .map(body -> new CompiledGraph(body, context))
                        .toList()
                : List.of();
    }

    /// Adds the step that runs the later stage; the slots of its outputs.
    private List<Integer> addLater() {
        if (source.later().isEmpty()) {
            return List.of();
        }
        var later = source.later().get();
        int step = steps.size();
        var inputs =
                later.inputs().stream().map(value -> slots.use(value, step)).toList();
        var outputs = later.outputs().stream().map(_ -> slots.addDynamic()).toList();
        var info = new StepInfo(later.name(), "later stage", "program", "", 0, 0);
        addHost(new Step.HostStep(info, new LaterStage(new CompiledGraph(later, context)), inputs, outputs));
        return outputs;
    }

    /// The slot that hands a value to the caller; copies it there if it lives elsewhere.
    private int output(Value value) {
        var direct = slots.outputSlot(value);
        if (direct.isPresent()) {
            return direct.get();
        }
        int step = steps.size();
        int from = slots.use(value, step);
        int to = slots.addOutput(value);
        var info =
                new StepInfo("", "copy to output", "copy", value.type().shape().toString(), 0, 0);
        addHost(new Step.HostStep(info, new CopyTask(), List.of(from), List.of(to)));
        return to;
    }
}
