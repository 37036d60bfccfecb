package dev.balsa.kernel.replay;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One of the two takes of works, on memory of a [Stand]. Works can be added until it is closed, and run from then
/// on. For one thread.
public final class Take implements AutoCloseable {
    private final Stand stand;
    private final List<?> references;
    private final List<Work> works = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Map<Long, MemorySegment>> known = new ArrayList<>();
    private final List<Integer> operands = new ArrayList<>();

    /// An operand of a work.
    ///
    /// @param place the number of the first operand that begins where it does: its own, if there is no other
    /// @param content if it is the same in every run
    public record Operand(int place, long bytes, Optional<MemorySegment> content) {}

    /// @param isSecond whether it is the second take
    /// @param references the memory and code that works refer to, by number
    public Take(boolean isSecond, List<?> references) {
        stand = new Stand(isSecond);
        this.references = references;
    }

    /// What takes the place of a reference.
    public Object reference(int number) {
        int place = Commands.FIXED + number;
        return switch (references.get(number)) {
            case MemorySegment memory -> stand.memory(place, memory.byteSize());
            case MachineCode _ -> new StandInCode(stand.address(place));
            case Object other -> other;
        };
    }

    /// Adds a work that refers to what takes places of references.
    public void add(Work work, List<Operand> its) {
        var memory = new ArrayList<MemorySegment>();
        var contents = new HashMap<Long, MemorySegment>();
        for (var operand : its) {
            int place = Frame.OPERANDS + operand.place();
            memory.add(stand.memory(place, operand.bytes()));
            operand.content().ifPresent(content -> contents.put(stand.address(place), content));
        }
        works.add(work);
        known.add(contents);
        operands.add(its.size());
        frames.add(new Frame(
                memory,
                stand.memory(Frame.SHARED, work.sharedBytes()),
                stand.memory(Frame.SCRATCH, work.workerBytes())));
    }

    /// How many operands a work has.
    int operands(int work) {
        return operands.get(work);
    }

    /// What a work does for a range of units.
    Tape run(int work, int phase, int from, int to) {
        var tape = new Tape(known.get(work));
        Effects.capture(tape, () -> works.get(work).run(phase, from, to, frames.get(work)));
        return tape;
    }

    @Override
    public void close() {
        stand.close();
    }
}
