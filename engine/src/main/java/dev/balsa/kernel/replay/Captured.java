package dev.balsa.kernel.replay;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes [ReplayWork]s of works that were taken twice. For one thread.
public final class Captured {
    /// A work whose commands are more does so much that Java does not matter, or does it in a silly way.
    private static final int MOST_BYTES = 16 << 20;

    private static final int MOST_OPERANDS = Commands.FIXED - Frame.OPERANDS;

    private final List<?> references;
    private final Constants constants;
    private final int mostUnits;
    private final List<Entry> entries = new ArrayList<>();
    /// What commands refer to, by place, and the place of each reference.
    private final List<Object> fixed = new ArrayList<>();
    private final Map<Integer, Integer> places = new HashMap<>();

    /// A work with what it does, if that is known.
    private static final class Entry {
        private final Work work;
        private final int[][] starts;
        private final long[] commands;
        private final boolean checks;

        Entry(Work work, int[][] starts, long[] commands, boolean checks) {
            this.work = work;
            this.starts = starts;
            this.commands = commands;
            this.checks = checks;
        }
    }

    /// @param references the memory and code that works refer to, by number
    /// @param mostUnits that a phase is divided into
    public Captured(List<?> references, Constants constants, int mostUnits) {
        this.references = references;
        this.constants = constants;
        this.mostUnits = mostUnits;
    }

    /// Adds a work.
    ///
    /// @param index its number in the takes
    /// @param isWhole whether all units of a phase are run at once
    /// @return why it cannot be captured, if so
    public Optional<String> add(Work work, Take first, Take second, int index, boolean isWhole) {
        try {
            entries.add(captured(work, first, second, index, isWhole ? 1 : mostUnits));
            return Optional.empty();
        } catch (UncapturedException | RuntimeException e) {
            entries.add(new Entry(work, new int[0][], new long[0], false));
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Entry captured(Work work, Take first, Take second, int index, int most) throws UncapturedException {
        if (!(work instanceof CodeWork)) {
            throw new UncapturedException("it is not done by code");
        }
        if (first.operands(index) > MOST_OPERANDS) {
            throw new UncapturedException("too many operands");
        }
        var commands = new Commands(this::place);
        var starts = new int[work.phases()][];
        for (int phase = 0; phase < starts.length; phase++) {
            int units = work.units(phase);
            int parts = Math.min(units, most);
            starts[phase] = new int[parts + 1];
            starts[phase][0] = commands.bytes();
            for (int part = 0; part < parts; part++) {
                int from = start(units, part, parts);
                int to = start(units, part + 1, parts);
                commands.add(first.run(index, phase, from, to), second.run(index, phase, from, to));
                starts[phase][part + 1] = commands.bytes();
                if (commands.bytes() > MOST_BYTES) {
                    throw new UncapturedException("too much is done");
                }
            }
        }
        return new Entry(work, starts, commands.words(), commands.checks());
    }

    private static int start(int units, int part, int parts) {
        return (int) ((long) units * part / parts);
    }

    private int place(int reference) {
        return places.computeIfAbsent(reference, _ -> {
            fixed.add(references.get(reference));
            return fixed.size() - 1;
        });
    }

    /// The works in the order in which they were added: captured ones, or the original where that could not be.
    ///
    /// @param arena for the commands of all
    public List<Work> finish(Arena arena) {
        var table = new FixedPlaces(fixed);
        long bytes = 0;
        for (var entry : entries) {
            bytes += (long) entry.commands.length * Long.BYTES;
        }
        var memory = arena.allocate(Math.max(Long.BYTES, bytes), Long.BYTES);
        var works = new ArrayList<Work>();
        long at = 0;
        for (var entry : entries) {
            if (entry.starts.length == 0) {
                works.add(entry.work);
                continue;
            }
            long[] words = entry.commands;
            var own = memory.asSlice(at, (long) words.length * Long.BYTES);
            MemorySegment.copy(words, 0, own, ValueLayout.JAVA_LONG, 0, words.length);
            at += own.byteSize();
            works.add(new ReplayWork(entry.work, entry.starts, table, own, entry.checks, constants));
        }
        return works;
    }
}
