package dev.balsa.cpu;

import dev.balsa.error.ResourceException;
import java.lang.foreign.MemorySegment;

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
            var isa = Cpu.current().best();
            return isa == Isa.PORTABLE ? new PlainLoops() : new MachineCodeLoops(isa);
        } catch (ResourceException e) {
            return new PlainLoops();
        }
    }

    /// Multiplies and adds float32 in registers, for some microseconds; returns how many operations that were.
    long multiplyAdd();

    /// Reads memory once from the beginning to the end.
    ///
    /// @param memory at a multiple of [#ALIGNMENT], as long as a multiple of [#GRAIN]; not empty
    void read(MemorySegment memory);

    @Override
    void close();
}
