package dev.balsa.plan;

import dev.balsa.asm.MachineCode;
import dev.balsa.kept.KeptReader;
import dev.balsa.kept.KeptWriter;
import dev.balsa.kept.NotKeptException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.replay.Captured;
import dev.balsa.kernel.replay.ReplayWork;
import dev.balsa.kernel.replay.Take;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.run.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes of a program one that needs little Java to run: works that can be captured are replaced by what they do
/// ([dev.balsa.kernel.replay.ReplayWork]).
///
/// Runs are captured on copies of the works, made the way programs are kept, in which memory and code stand
/// elsewhere.
final class ProgramCapture {
    /// Units for each worker, so that they can share unevenly.
    private static final int UNITS_PER_WORKER = 16;

    private static final System.Logger LOG = System.getLogger(ProgramCapture.class.getName());

    private final Program program;
    private final Constants constants;
    private final List<Step.KernelStep> steps = new ArrayList<>();

    /// What works refer to, by number.
    private final List<Object> references = new ArrayList<>();
    /// By code (which has no equals of its own) or extent of memory.
    private final Map<Object, Integer> numbers = new HashMap<>();

    private record Extent(long address, long bytes) {}

    private ProgramCapture(Program program, Constants constants) {
        this.program = program;
        this.constants = constants;
        for (var step : program.steps()) {
            if (step instanceof Step.KernelStep kernel) {
                steps.add(kernel);
            }
        }
    }

    /// The program, with as many works as possible replaced.
    ///
    /// @param constants of the model
    /// @param workers of a stream
    /// @throws NotKeptException if its works cannot be copied
    static Program of(Program program, Constants constants, int workers) throws NotKeptException {
        return new ProgramCapture(program, constants).captured(workers);
    }

    /// Whether it has been done.
    static boolean isCaptured(Program program) {
        return program.steps().stream().anyMatch(step -> step instanceof Step.KernelStep(var _, ReplayWork _, var _));
    }

    private Program captured(int workers) throws NotKeptException {
        var writer = new KeptWriter(this::number);
        writer.write(steps.stream().map(Step.KernelStep::work).toList());
        var large = KeptProgram.joined(writer.large());
        var captured = new Captured(references, constants, UNITS_PER_WORKER * workers);
        var first = take(false, writer.bytes(), large);
        var second = take(true, writer.bytes(), large);
        for (int i = 0; i < steps.size(); i++) {
            var info = steps.get(i).info();
            int number = i;
            captured.add(steps.get(i).work(), first, second, i, Stream.isSmall(info))
                    .ifPresent(reason -> LOG.log(
                            System.Logger.Level.DEBUG,
                            () -> "step " + number + ", " + info.kernel() + ", is not captured: " + reason));
        }
        var works = captured.finish(Arena.ofAuto()).iterator();
        var all = new ArrayList<Step>();
        for (var step : program.steps()) {
            all.add(
                    step instanceof Step.KernelStep(var info, var _, var operands)
                            ? new Step.KernelStep(info, works.next(), operands)
                            : step);
        }
        return program.withSteps(all);
    }

    private OptionalInt number(Object object) {
        if (!(object instanceof MemorySegment || object instanceof MachineCode || object == constants)) {
            return OptionalInt.empty();
        }
        Object key =
                object instanceof MemorySegment segment ? new Extent(segment.address(), segment.byteSize()) : object;
        return OptionalInt.of(numbers.computeIfAbsent(key, _ -> {
            references.add(object);
            return references.size() - 1;
        }));
    }

    @SuppressWarnings("unchecked") // objects are read as what they were written
    private Take take(boolean isSecond, byte[] bytes, MemorySegment large) {
        try (var take = new Take(isSecond, references)) {
            var works = (List<Work>) Objects.requireNonNull(new KeptReader(bytes, large, take::reference).readObject());
            for (int i = 0; i < works.size(); i++) {
                take.add(works.get(i), operands(steps.get(i)));
            }
            return take;
        }
    }

    /// What each operand is, and what of it is the same as an earlier one.
    private List<Take.Operand> operands(Step.KernelStep step) {
        var all = new ArrayList<Take.Operand>();
        var places = new HashMap<Object, Integer>();
        for (int slot : step.operands()) {
            int same = places.computeIfAbsent(place(slot), _ -> all.size());
            all.add(new Take.Operand(same, bytes(slot), content(slot)));
        }
        return all;
    }

    private Object place(int slot) {
        return switch (program.slots().get(slot)) {
            case Slot.Alias(int other, var _, var _) -> place(other);
            // Pieces that one step sees do not overlap, or are only read.
            case Slot.Piece piece -> piece;
            case Slot.Memory(long offset, var _, var _) -> offset;
            case Slot.Constant(var tensor) -> tensor.memory();
            case Slot.Input _, Slot.Output _, Slot.Dynamic _ -> slot;
        };
    }

    private Optional<MemorySegment> content(int slot) {
        return switch (program.slots().get(slot)) {
            case Slot.Constant(var tensor) -> Optional.of(tensor.memory());
            case Slot.Alias(int other, var _, var _) -> content(other);
            case Slot.Input _, Slot.Output _, Slot.Memory _, Slot.Piece _, Slot.Dynamic _ -> Optional.empty();
        };
    }

    private long bytes(int slot) {
        return switch (program.slots().get(slot)) {
            case Slot.Constant(var tensor) -> tensor.memory().byteSize();
            case Slot.Input(int _, var type, var shape) -> type.bytes(shape.size());
            case Slot.Output(int _, var type, var shape) -> type.bytes(shape.size());
            case Slot.Memory(long _, var type, var shape) -> type.bytes(shape.size());
            case Slot.Alias(int _, var type, var shape) -> type.bytes(shape.size());
            case Slot.Piece piece -> piece.bytes();
            case Slot.Dynamic _ -> 0;
        };
    }
}
