package dev.balsa.kernel.replay;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Frame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/// Works one after the other, which all workers of a stream go through without coming back to Java in between; see
/// [SpanCode]. Tied to the stream's memory, for one run at a time.
///
/// Workers take units that nobody has taken, first those of their own share. Who finds all units of a phase taken
/// waits until they are done.
public final class ReplaySpan {
    private static final long LINE = 64;

    private final MachineCode code;
    private final MemorySegment memory;
    private final List<ReplayWork> works;
    private final long entryBytes;
    private final long linesAt;
    private final MemorySegment finished;
    /// Of all works, the n-th of the span's phases that it begins with.
    private final int[] firstPhases;

    /// Where a span has ended early.
    ///
    /// @param work the number of the work
    /// @param phase of that
    public record Stop(int work, int phase) {}

    /// @param works one or more, kept as long as this
    /// @param frames of each work, by worker
    /// @param workers how many a stream has
    public ReplaySpan(List<ReplayWork> works, List<Frame[]> frames, int workers) {
        this.works = List.copyOf(works);
        code = works.getFirst().spanCode();
        firstPhases = new int[works.size()];
        int phases = 0;
        long units = 0;
        long lines = 0;
        for (int i = 0; i < works.size(); i++) {
            var work = works.get(i);
            firstPhases[i] = phases;
            for (int phase = 0; phase < work.phases(); phase++) {
                phases++;
                units += work.units(phase) + 1L;
                lines += lineBytes(workers, work.units(phase));
            }
        }
        entryBytes = (long) phases * SpanCode.ENTRY;
        long startsAt = entryBytes * workers;
        linesAt = aligned(startsAt + units * Long.BYTES);
        memory = Arena.ofAuto().allocate(linesAt + lines + workers * LINE, LINE);
        finished = memory.asSlice(linesAt + lines);
        var words = new long[(int) (linesAt / Long.BYTES)];
        fill(words, frames, workers, (int) (startsAt / Long.BYTES));
        MemorySegment.copy(MemorySegment.ofArray(words), 0, memory, 0, (long) words.length * Long.BYTES);
    }

    private void fill(long[] words, List<Frame[]> frames, int workers, int startsAt) {
        int entry = 0;
        int starts = startsAt;
        long line = memory.address() + linesAt;
        for (int i = 0; i < works.size(); i++) {
            var work = works.get(i);
            for (int phase = 0; phase < work.phases(); phase++) {
                int units = work.units(phase);
                for (int worker = 0; worker < workers; worker++) {
                    int at = (int) ((worker * entryBytes + entry) / Long.BYTES);
                    words[at + SpanCode.ADDRESSES] =
                            work.addresses(frames.get(i)[worker]).address();
                    words[at + SpanCode.COUNTERS] = line;
                    words[at + SpanCode.STARTS] = memory.address() + (long) starts * Long.BYTES;
                    words[at + SpanCode.UNITS] = units;
                    words[at + SpanCode.FIRST] = (long) units * worker / workers;
                    words[at + SpanCode.OWN] = line + (long) worker * Integer.BYTES;
                    words[at + SpanCode.TAKEN] = line + (long) workers * Integer.BYTES;
                    words[at + SpanCode.WORKERS] = workers;
                }
                for (int unit = 0; unit <= units; unit++) {
                    words[starts++] = work.start(phase, unit);
                }
                entry += SpanCode.ENTRY;
                line += lineBytes(workers, units);
            }
        }
    }

    /// Of the counters and marks of a phase, on cache lines of its own.
    private static long lineBytes(int workers, int units) {
        return aligned(((long) workers + units) * Integer.BYTES);
    }

    private static long aligned(long bytes) {
        return (bytes + LINE - 1) & -LINE;
    }

    /// Nothing has been done yet; before workers run it.
    public void begin() {
        memory.asSlice(linesAt).fill((byte) 0);
    }

    /// Takes part until all is done, or others take very long.
    ///
    /// @return whether there is nothing more to do; else this may be called again
    public boolean run(int worker) {
        long at = worker * entryBytes;
        var own = finished.asSlice(worker * LINE, LINE);
        var entries = memory.asSlice(at, entryBytes);
        code.call(0, entries, entries.address() + entryBytes, own.address());
        return own.get(ValueLayout.JAVA_LONG, 0) != 0;
    }

    /// Where it has ended early, because of what is in an operand; after all workers have run it.
    public Optional<Stop> stop() {
        for (long at = 0; at < finished.byteSize(); at += LINE) {
            long told = finished.get(ValueLayout.JAVA_LONG, at);
            if (told != 0 && told != SpanCode.DONE) {
                int phase = (int) ((told - memory.address()) % entryBytes / SpanCode.ENTRY);
                int work = works.size() - 1;
                while (firstPhases[work] > phase) {
                    work--;
                }
                return Optional.of(new Stop(work, phase - firstPhases[work]));
            }
        }
        return Optional.empty();
    }
}
