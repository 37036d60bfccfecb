package dev.balsa.cpu;

import dev.balsa.error.ResourceException;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/// The loops whose rates are the roofs. One thread may use an object at a time.
sealed interface PeakLoops extends AutoCloseable permits MachineCodeLoops, PlainLoops {
    /// Where memory to be read begins, in bytes.
    int ALIGNMENT = 64;

    /// What the length of memory to be read is a multiple of, in bytes.
    int GRAIN = 4096;

    /// Loops in machine code for the processor at hand; plain ones if it knows no AVX2, or if the system forbids
    /// code.
    static PeakLoops best() {
        try {
            var cpu = Cpu.current();
            var isa = cpu.best();
            if (isa == Isa.PORTABLE) {
                return new PlainLoops();
            }
            var units = EnumSet.allOf(PeakUnit.class);
            units.removeIf(unit -> !unit.isIn(cpu));
            return new MachineCodeLoops(isa.compareTo(Isa.AVX512) < 0 ? 32 : 64, units);
        } catch (ResourceException e) {
            return new PlainLoops();
        }
    }

    /// What there are multiply-adds of: float vectors at least.
    Set<PeakUnit> units();

    /// Multiplies and adds in registers, for some dozens of microseconds; returns how many operations that were.
    ///
    /// @param unit one of [#units]
    /// @throws IllegalArgumentException if it is another
    long multiplyAdd(PeakUnit unit);

    /// Reads memory once from the beginning to the end.
    ///
    /// @param memory at a multiple of [#ALIGNMENT], as long as a multiple of [#GRAIN]; not empty
    void read(MemorySegment memory);

    @Override
    void close();
}
