package dev.balsa.plan;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.InternalException;
import dev.balsa.ir.Value;
import dev.balsa.kept.KeptReader;
import dev.balsa.kept.KeptWriter;
import dev.balsa.kept.NotKeptException;
import dev.balsa.run.HostTask;
import dev.balsa.run.Program;
import dev.balsa.run.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// What loading a model made, as bytes for later processes.
///
/// They are some numbers, two streams of objects, and three areas, each beginning at a multiple of 64 bytes: first
/// a [Table], then this record itself; the code, large arrays, and the memory that steps refer to. Memory that
/// lies in the model's file is not part of it, but told by its place there.
///
/// @param inputs the model's inputs
/// @param outputs the model's outputs, by the names that they have in its file
/// @param program for the shapes that its key tells; none if only inputs and outputs are kept
public record KeptProgram(List<Value> inputs, List<Value> outputs, Optional<Program> program) {
    private static final long ALIGNMENT = 64;
    private static final long HEADER_BYTES = 64;
    /// Processors that code is made for are little-endian, like the files.
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /// Copies the lists.
    public KeptProgram {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// Where something lies that steps refer to.
    private enum Area {
        /// In the model's file.
        FILE,
        /// Among the memory that is kept.
        MEMORY,
        /// A piece of code, by its number.
        CODE,
        /// The model's [dev.balsa.kernel.Constants].
        CONSTANTS,
        /// The model's [PlanContext].
        CONTEXT
    }

    private record Place(Area area, long at, long bytes) {}

    /// What numbers in the other stream refer to.
    ///
    /// @param codeNames of the pieces of code
    /// @param codeAt where each begins in the code's area
    private record Table(List<Place> places, List<String> codeNames, List<Long> codeAt) {}

    /// The same, with a program that needs little Java to run.
    ///
    /// @param workers of a stream
    /// @throws NotKeptException if something makes sense in this process only
    KeptProgram captured(ModelConstants constants, int workers) throws NotKeptException {
        return program.isEmpty()
                ? this
                : new KeptProgram(inputs, outputs, Optional.of(captured(program.get(), constants, workers)));
    }

    /// The program with works that need little Java, and so those that it runs inside.
    ///
    /// @throws NotKeptException if something makes sense in this process only
    static Program captured(Program program, ModelConstants constants, int workers) throws NotKeptException {
        var captured = ProgramCapture.isCaptured(program) ? program : ProgramCapture.of(program, constants, workers);
        var steps = new ArrayList<Step>();
        for (var step : captured.steps()) {
            steps.add(
                    step instanceof Step.HostStep(var info, var task, var inputs, var outputs)
                            ? new Step.HostStep(info, captured(task, constants, workers), inputs, outputs)
                            : step);
        }
        return captured.withSteps(steps);
    }

    private static HostTask captured(HostTask task, ModelConstants constants, int workers) throws NotKeptException {
        return switch (task) {
            case LaterStage(var graph) -> new LaterStage(graph.toKeep(constants, workers));
            case PlainTask(var node, var bodies, long mostBytes) -> {
                var kept = new ArrayList<CompiledGraph>();
                for (var body : bodies) {
                    kept.add(body.toKeep(constants, workers));
                }
                yield new PlainTask(node, kept, mostBytes);
            }
            default -> task;
        };
    }

    /// Whether the program has branches, loops or later stages.
    boolean runsOthers() {
        return program.isPresent()
                && program.get().steps().stream()
                        .anyMatch(step -> step instanceof Step.HostStep host
                                && !inside(host.task()).isEmpty());
    }

    /// Whether graphs that the program runs inside have been planned for shapes that were not kept before.
    boolean hasNewOnes() {
        return program.isPresent() && hasNewOnes(program.get());
    }

    /// As of a kept one.
    static boolean hasNewOnes(Program program) {
        for (var step : program.steps()) {
            if (step instanceof Step.HostStep host
                    && inside(host.task()).stream().anyMatch(CompiledGraph::hasNewOnes)) {
                return true;
            }
        }
        return false;
    }

    private static List<CompiledGraph> inside(HostTask task) {
        return switch (task) {
            case LaterStage(var graph) -> List.of(graph);
            case PlainTask(var _, var bodies, var _) -> bodies;
            default -> List.of();
        };
    }

    /// The parts that the bytes are made of, each at the next multiple of 64.
    ///
    /// @param file the model's file
    /// @param context what programs share
    /// @throws NotKeptException if something makes sense in this process only
    List<MemorySegment> parts(MemorySegment file, ModelConstants constants, PlanContext context)
            throws NotKeptException {
        var found = new Found(file, constants, context);
        var own = new KeptWriter(found::number);
        own.write(this);
        var table = new KeptWriter(_ -> OptionalInt.empty());
        table.write(new Table(found.places, found.codeNames, found.codeAt));
        var parts = new ArrayList<MemorySegment>();
        var header = MemorySegment.ofArray(new byte[(int) HEADER_BYTES]);
        parts.add(header);
        parts.add(MemorySegment.ofArray(table.bytes()));
        parts.add(MemorySegment.ofArray(own.bytes()));
        if (found.codeBytes > 0) {
            parts.add(joined(found.codes, found.codeBytes, ALIGNMENT));
        }
        var large = joined(own.large());
        if (large.byteSize() > 0) {
            parts.add(large);
        }
        header.set(LONG, 0, table.bytes().length);
        header.set(LONG, Long.BYTES, own.bytes().length);
        header.set(LONG, 2L * Long.BYTES, found.codeBytes);
        header.set(LONG, 3L * Long.BYTES, large.byteSize());
        parts.addAll(found.memory);
        return parts;
    }

    /// What a writer has for large arrays, as a reader wants it.
    static MemorySegment joined(List<MemorySegment> large) {
        long bytes = 0;
        for (var piece : large) {
            bytes += aligned(piece.byteSize(), Long.BYTES);
        }
        return joined(large, bytes, Long.BYTES);
    }

    private static MemorySegment joined(List<MemorySegment> pieces, long bytes, long alignment) {
        var joined = Arena.ofAuto().allocate(bytes, alignment);
        long at = 0;
        for (var piece : pieces) {
            MemorySegment.copy(piece, 0, joined, at, piece.byteSize());
            at += aligned(piece.byteSize(), alignment);
        }
        return joined;
    }

    private static long aligned(long bytes, long alignment) {
        return (bytes + alignment - 1) & -alignment;
    }

    /// Reads what [#parts] made.
    ///
    /// @param content the parts in a row, 64-byte aligned, alive as long as the model
    static KeptProgram read(MemorySegment content, MemorySegment file, ModelConstants constants, PlanContext context) {
        long tableBytes = content.get(LONG, 0);
        long ownBytes = content.get(LONG, Long.BYTES);
        long codeBytes = content.get(LONG, 2L * Long.BYTES);
        long largeBytes = content.get(LONG, 3L * Long.BYTES);
        long ownAt = HEADER_BYTES + aligned(tableBytes, ALIGNMENT);
        long codeAt = ownAt + aligned(ownBytes, ALIGNMENT);
        long largeAt = codeAt + aligned(codeBytes, ALIGNMENT);
        long memoryAt = largeAt + aligned(largeBytes, ALIGNMENT);
        var tableReader = new KeptReader(
                content.asSlice(HEADER_BYTES, tableBytes).toArray(ValueLayout.JAVA_BYTE), MemorySegment.NULL, _ -> {
                    throw new InternalException("kept programs: a reference in a table of references");
                });
        var table = (Table) Objects.requireNonNull(tableReader.readObject());
        var codePlaces = new long[table.codeAt.size()];
        for (int i = 0; i < codePlaces.length; i++) {
            codePlaces[i] = table.codeAt.get(i);
        }
        var codes = constants.adopt(table.codeNames, slice(content, codeAt, codeBytes), codePlaces);
        var objects = new Object[table.places.size()];
        for (int i = 0; i < objects.length; i++) {
            var place = table.places.get(i);
            objects[i] = switch (place.area) {
                case FILE -> file.asSlice(place.at, place.bytes);
                case MEMORY -> slice(content, memoryAt + place.at, place.bytes).asReadOnly();
                case CODE -> codes.get((int) place.at);
                case CONSTANTS -> constants;
                case CONTEXT -> context;
            };
        }
        var reader = new KeptReader(
                content.asSlice(ownAt, ownBytes).toArray(ValueLayout.JAVA_BYTE),
                slice(content, largeAt, largeBytes),
                number -> objects[number]);
        return (KeptProgram) Objects.requireNonNull(reader.readObject());
    }

    /// Areas without a byte may lie behind the end.
    private static MemorySegment slice(MemorySegment content, long at, long bytes) {
        return bytes == 0 ? MemorySegment.NULL : content.asSlice(at, bytes);
    }

    /// Where memory lies in this process: other segments of the same may be around.
    private record Extent(long address, long bytes) {
        Extent(MemorySegment segment) {
            this(segment.address(), segment.byteSize());
        }
    }

    /// What is found among the objects that is no ordinary object.
    private static final class Found {
        private final MemorySegment file;
        private final ModelConstants constants;
        private final PlanContext context;
        private final IdentityHashMap<MachineCode, String> names = new IdentityHashMap<>();
        /// By code (which has no equals of its own) or extent.
        private final Map<Object, Integer> numbers = new HashMap<>();
        private final List<Place> places = new ArrayList<>();
        private final List<String> codeNames = new ArrayList<>();
        private final List<Long> codeAt = new ArrayList<>();
        private final List<MemorySegment> codes = new ArrayList<>();
        private final List<MemorySegment> memory = new ArrayList<>();
        private long codeBytes;
        private long memoryBytes;

        Found(MemorySegment file, ModelConstants constants, PlanContext context) {
            this.file = file;
            this.constants = constants;
            this.context = context;
            constants.codes().forEach((name, code) -> names.put(code, name));
        }

        OptionalInt number(Object object) throws NotKeptException {
            if (!(object instanceof MemorySegment
                    || object instanceof MachineCode
                    || object == constants
                    || object == context)) {
                return OptionalInt.empty();
            }
            Object key = object instanceof MemorySegment segment ? new Extent(segment) : object;
            var known = numbers.get(key);
            if (known == null) {
                places.add(place(object));
                known = places.size() - 1;
                numbers.put(key, known);
            }
            return OptionalInt.of(known);
        }

        private Place place(Object object) throws NotKeptException {
            return switch (object) {
                case MachineCode code -> place(code);
                case MemorySegment segment -> place(segment);
                default -> new Place(object == context ? Area.CONTEXT : Area.CONSTANTS, 0, 0);
            };
        }

        private Place place(MachineCode code) throws NotKeptException {
            var name = names.get(code);
            if (name == null) {
                throw new NotKeptException("code that the model does not own");
            }
            codeNames.add(name);
            codeAt.add(codeBytes);
            codes.add(code.bytes());
            codeBytes += aligned(code.bytes().byteSize(), ALIGNMENT);
            return new Place(Area.CODE, codes.size() - 1L, 0);
        }

        private Place place(MemorySegment segment) throws NotKeptException {
            long at = segment.isNative() ? segment.address() - file.address() : -1;
            if (segment.isMapped() && at >= 0 && at + segment.byteSize() <= file.byteSize()) {
                return new Place(Area.FILE, at, segment.byteSize());
            }
            if (segment.isMapped() || !segment.isNative()) {
                throw new NotKeptException("memory of a file beside the model, or of the heap");
            }
            var place = new Place(Area.MEMORY, memoryBytes, segment.byteSize());
            if (segment.byteSize() > 0) {
                memory.add(segment);
                memoryBytes += aligned(segment.byteSize(), ALIGNMENT);
            }
            return place;
        }
    }
}
