package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.asm.MachineCode;
import dev.balsa.asm.emulator.ComparedCode;
import dev.balsa.asm.emulator.EmulatedCode;
import dev.balsa.asm.emulator.PermittedMemory;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.Isa;
import dev.balsa.kept.KeptCopies;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.plan.CapturedWork;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Runs works that call machine code, with operands against guard pages: first against their ends, with all units
/// in one range, then against their starts, with every unit in a range of its own and in reverse, then with two
/// threads that share the units of a phase. The second way is gone with a copy of the work as a later process
/// would read it, the third with what its captured runs are. All must give the same bits. Outputs and scratch
/// memory hold NaN before.
///
/// Routines of levels that the processor lacks are emulated; a routine's level is what its name begins with. Of
/// trials with a seed, every twentieth repeats by emulation what the processor does, call by call, and compares.
public final class CodeTrial implements AutoCloseable, Constants {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 0);
    private static final byte NOT_A_NUMBER = (byte) 0xFF;
    private static final int COMPARED_OF = 20;
    private static final int FEWER_EMULATED = 5;
    /// Code in words that every processor has.
    private static final String EVERYWHERE = "x86_64";

    private static final String SOURCE = "source of what is packed";
    private static final String ON_THE_WAY = "memory on the way to what is packed";
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";
    private static final String SCRATCH = "scratch memory";
    private static final String TABLES = "tables of the work";

    private enum Way {
        ONE_RANGE,
        SINGLE_UNITS,
        TWO_THREADS
    }

    private final GuardedMemory memory = new GuardedMemory();
    private final PermittedMemory permitted = new PermittedMemory();
    private final List<byte[]> inputs = new ArrayList<>();
    private final Map<String, MemorySegment> packed = new HashMap<>();
    private final Map<String, MachineCode> codes = new HashMap<>();
    private final boolean compares;
    private boolean packing;
    /// The input that the last output lies over.
    private OptionalInt over = OptionalInt.empty();

    /// A trial that compares nothing with the emulator.
    public CodeTrial() {
        compares = false;
    }

    /// One of many trials.
    public CodeTrial(long seed) {
        compares = seed % COMPARED_OF == 0;
    }

    /// The levels that code is written for; of those with the same code the least.
    public static Stream<Isa> levels() {
        return levels(VectorUnit::of);
    }

    /// The levels that code is written for; of those with the same unit the least.
    ///
    /// @param unit what a level's code is written for, if there is any
    public static Stream<Isa> levels(Function<Isa, Optional<?>> unit) {
        var known = new HashSet<Object>();
        return Isa.all().stream()
                .filter(_ -> MachineCode.isPossible())
                .filter(isa -> unit.apply(isa).filter(known::add).isPresent());
    }

    /// Whether the processor lacks something for a level.
    public static boolean emulates(Isa isa) {
        return !Cpu.current().missing(isa).isEmpty();
    }

    /// How many random cases are tried: as many as `-Ddev.balsa.kernel.cases` says, or so many; a fifth of emulated
    /// levels.
    public static int cases(Isa isa, int usual) {
        int cases = CASES > 0 ? CASES : usual;
        return emulates(isa) ? Math.ceilDiv(cases, FEWER_EMULATED) : cases;
    }

    /// The next input operand.
    public MemorySegment input(float[] values) {
        return input(MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE));
    }

    /// The next input operand.
    public MemorySegment input(byte[] values) {
        inputs.add(values);
        return place(values, true);
    }

    /// From now on the last output lies over an input of its length.
    ///
    /// @param input its number
    public void putOutputOver(int input) {
        over = OptionalInt.of(input);
    }

    /// What the work knows when it is prepared; no operand.
    public MemorySegment constant(byte[] values) {
        var segment = memory.atEnd(values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, values.length);
        return segment;
    }

    private MemorySegment place(byte[] values, boolean atEnd) {
        var segment = atEnd ? memory.atEnd(values.length) : memory.atStart(values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, values.length);
        permitted.permit(INPUT, segment, false);
        return segment;
    }

    @Override
    public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
        return packed.computeIfAbsent(source.address() + ":" + source.byteSize() + ":" + form, _ -> {
            // Packed memory is aligned, so its end is where it is.
            var segment = bytes % 64 == 0 ? memory.atEnd(bytes) : memory.atStart(bytes);
            var name = "packed " + form;
            permitted.permit(name, segment, true);
            permitted.permit(SOURCE, source, false);
            packing = true;
            pack.accept(segment);
            packing = false;
            permitted.forget(SOURCE);
            permitted.forget(name);
            permitted.permit(name, segment, false);
            return segment;
        });
    }

    @Override
    public void onTheWay(long bytes, Consumer<MemorySegment> use) {
        Constants.super.onTheWay(bytes, segment -> {
            permitted.permit(ON_THE_WAY, segment, true);
            use.accept(segment);
            permitted.forget(ON_THE_WAY);
        });
    }

    @Override
    public MachineCode code(String name, Supplier<byte[]> writer) {
        // Packing may use memory of its own, which the emulator cannot know of.
        boolean both = compares && !packing;
        return codes.computeIfAbsent(name + (packing ? " when packing" : ""), _ -> code(name, writer.get(), both));
    }

    private MachineCode code(String name, byte[] bytes, boolean both) {
        boolean missing = !name.startsWith(EVERYWHERE) && emulates(level(name));
        if (missing) {
            return EmulatedCode.of(bytes, permitted);
        }
        return both
                ? new ComparedCode(name, MachineCode.of(bytes), EmulatedCode.of(bytes, permitted), permitted)
                : MachineCode.of(bytes);
    }

    private static Isa level(String name) {
        return Isa.all().reversed().stream()
                .filter(isa -> name.startsWith(isa.label())
                        || name.startsWith(isa.label().replace('-', '_')))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("routine " + name + ": expected a name that begins with a level"));
    }

    /// Runs the work on the inputs given so far, and returns its only output.
    public float[] run(Work work, int outputs) {
        return run(work, List.of(outputs)).getFirst();
    }

    /// Runs the work on the inputs given so far, and returns its outputs.
    ///
    /// @param outputs their lengths
    public List<float[]> run(Work work, List<Integer> outputs) {
        var lengths =
                outputs.stream().map(length -> (long) length * Float.BYTES).toList();
        return runBytes(work, lengths).stream()
                .map(bytes -> MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                .toList();
    }

    /// Runs the work on the inputs given so far, and returns its outputs, of the given lengths in bytes.
    public List<byte[]> runBytes(Work work, List<Long> outputs) {
        NativeTables.of(work).forEach(table -> permitted.permit(TABLES, table, false));
        var first = run(work, outputs, Way.ONE_RANGE);
        assertSame("kept, and split otherwise", run(KeptCopies.of(work), outputs, Way.SINGLE_UNITS), first);
        if (!compares) {
            assertSame("captured, with two threads", run(captured(work, outputs), outputs, Way.TWO_THREADS), first);
        }
        return first;
    }

    /// What the processor runs instead of the work where Java is slow; emulated code is called by Java only.
    private Work captured(Work work, List<Long> outputs) {
        if (codes.values().stream().anyMatch(EmulatedCode.class::isInstance)) {
            return work;
        }
        var operands = new ArrayList<Long>();
        inputs.forEach(values -> operands.add((long) values.length));
        operands.addAll(outputs);
        return CapturedWork.of(work, operands, this);
    }

    private static void assertSame(String how, List<byte[]> found, List<byte[]> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as(how).isEqualTo(expected.get(i));
        }
    }

    private List<byte[]> run(Work work, List<Long> outputs, Way way) {
        boolean atEnd = way != Way.SINGLE_UNITS;
        var operands = new ArrayList<MemorySegment>();
        permitted.forget(INPUT);
        permitted.forget(OUTPUT);
        inputs.forEach(values -> operands.add(place(values, atEnd)));
        int separate = outputs.size() - (over.isPresent() ? 1 : 0);
        for (long bytes : outputs.subList(0, separate)) {
            var output = atEnd ? memory.atEnd(bytes) : memory.atStart(bytes);
            permitted.permit(OUTPUT, output, true);
            operands.add(output.fill(NOT_A_NUMBER));
        }
        over.ifPresent(input -> {
            permitted.permit(OUTPUT, operands.get(input), true);
            operands.add(operands.get(input));
        });
        var shared = scratch(work.sharedBytes());
        for (int phase = 0; phase < work.phases(); phase++) {
            int units = work.units(phase);
            switch (way) {
                case ONE_RANGE -> work.run(phase, 0, units, new Frame(operands, shared, scratch(work.workerBytes())));
                case SINGLE_UNITS -> {
                    var scratch = scratch(work.workerBytes());
                    for (int unit = units - 1; unit >= 0; unit--) {
                        work.run(phase, unit, unit + 1, new Frame(operands, shared, scratch.fill(NOT_A_NUMBER)));
                    }
                }
                case TWO_THREADS -> {
                    var next = new AtomicInteger();
                    var mine = new Frame(operands, shared, scratch(work.workerBytes()));
                    var theirs = new Frame(operands, shared, scratch(work.workerBytes()));
                    int currentPhase = phase;
                    HelpingThread.both(
                            () -> takeUnits(work, currentPhase, next, mine),
                            () -> takeUnits(work, currentPhase, next, theirs));
                }
            }
        }
        EmulatedCode.checkTilesAreReleased();
        permitted.forget(SCRATCH);
        return operands.subList(inputs.size(), operands.size()).stream()
                .map(segment -> segment.toArray(ValueLayout.JAVA_BYTE))
                .toList();
    }

    private static void takeUnits(Work work, int phase, AtomicInteger next, Frame frame) {
        int units = work.units(phase);
        for (int unit = next.getAndIncrement(); unit < units; unit = next.getAndIncrement()) {
            work.run(phase, unit, unit + 1, frame);
        }
    }

    /// Scratch memory is aligned to 64 bytes, and its length rounded up to that.
    private MemorySegment scratch(long bytes) {
        var segment = memory.atEnd((bytes + 63) & -64).fill(NOT_A_NUMBER);
        permitted.permit(SCRATCH, segment, true);
        return segment;
    }

    @Override
    public void close() {
        codes.values().forEach(MachineCode::close);
        memory.close();
    }
}
