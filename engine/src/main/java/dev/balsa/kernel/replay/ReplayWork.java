package dev.balsa.kernel.replay;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.InternalException;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A work that was captured: commands instead of Java, which do the same.
public final class ReplayWork implements Work {
    /// Where the commands of each unit begin, and those of the last one end, by phase, in bytes.
    private final int[][] starts;

    private final boolean[] steady;
    private final long sharedBytes;
    private final long workerBytes;
    private final FixedPlaces places;
    private final MemorySegment commands;
    private final MachineCode code;
    private final MachineCode spanCode;
    /// The original, if commands end where something is not as it should be.
    private final Optional<Work> checking;

    /// A work with other units, each of which is a range of units of the original.
    ///
    /// @param original whose runs the commands are
    /// @param starts where the commands of each unit begin, and those of the last one end, by phase, in
    /// bytes
    /// @param commands of all units, kept by the caller as long as this
    /// @param checks whether commands end where something is not as it should be
    public ReplayWork(
            Work original,
            int[][] starts,
            FixedPlaces places,
            MemorySegment commands,
            boolean checks,
            Constants constants) {
        checking = checks ? Optional.of(original) : Optional.empty();
        this.starts = starts;
        this.places = places;
        this.commands = commands;
        sharedBytes = original.sharedBytes();
        workerBytes = original.workerBytes();
        steady = new boolean[original.phases()];
        for (int phase = 0; phase < steady.length; phase++) {
            steady[phase] = original.isSteady(phase);
        }
        code = constants.code(ReplayCode.NAME, ReplayCode::write);
        spanCode = constants.code(SpanCode.NAME, SpanCode::write);
    }

    @Override
    public int phases() {
        return starts.length;
    }

    @Override
    public int units(int phase) {
        return starts[phase].length - 1;
    }

    @Override
    public boolean isSteady(int phase) {
        return steady[phase];
    }

    @Override
    public long sharedBytes() {
        return sharedBytes;
    }

    @Override
    public long workerBytes() {
        return workerBytes;
    }

    /// What goes through several works.
    MachineCode spanCode() {
        return spanCode;
    }

    /// A frame's addresses, with those of the fixed places before them.
    MemorySegment addresses(Frame frame) {
        return frame.addresses(places.table());
    }

    /// The address at which the commands of a unit begin, or those of the last one end.
    long start(int phase, int unit) {
        return commands.address() + starts[phase][unit];
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var addresses = addresses(frame);
        code.call(0, addresses, start(phase, from), start(phase, to));
        if (checking.isPresent() && addresses.get(ValueLayout.JAVA_LONG, 0) == 0) {
            // Spans read the table's address, too, and do not set it anew.
            addresses(frame);
            complain(phase, frame);
        }
    }

    /// Has the original find again what ended the commands of a phase.
    ///
    /// @throws RuntimeException always: what the original has to say
    public void complain(int phase, Frame frame) {
        checking.orElseThrow().run(phase, 0, checking.orElseThrow().units(phase), frame);
        throw new InternalException(
                "an input changed while it was read; expected it to stay as it is until the run ends");
    }
}
