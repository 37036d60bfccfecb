package dev.balsa.cpu;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/// Loops in machine code.
final class MachineCodeLoops implements PeakLoops {
    private static final int TURNS = 1000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment sums = arena.allocate(PeakCode.SUM_BYTES, ALIGNMENT);
    private final PeakCode written;
    private final MachineCode code;

    /// @param vectorBytes the width of vectors: 32 for AVX2, 64 for AVX-512
    /// @param units what to write multiply-adds for, no more than the processor has with vectors of that width
    /// @throws dev.balsa.error.ResourceException if the system forbids executable memory
    MachineCodeLoops(int vectorBytes, Set<PeakUnit> units) {
        written = new PeakCode(vectorBytes, units);
        code = MachineCode.of(written.bytes());
    }

    @Override
    public Set<PeakUnit> units() {
        return written.units();
    }

    @Override
    public long multiplyAdd(PeakUnit unit) {
        code.call(written.multiplyAddAt(unit), sums, 0, TURNS);
        return TURNS * written.operations(unit);
    }

    @Override
    public void read(MemorySegment memory) {
        code.call(written.readAt(), sums, memory.address(), memory.address() + memory.byteSize());
    }

    /// The sums of float32 that the last loop left in so many bytes, lane by lane.
    float[] floatSums(int bytes) {
        return sums.asSlice(0, bytes).toArray(ValueLayout.JAVA_FLOAT);
    }

    /// The sums of 32-bit integers that the last loop left in so many bytes, lane by lane.
    int[] integerSums(int bytes) {
        return sums.asSlice(0, bytes).toArray(ValueLayout.JAVA_INT);
    }

    @Override
    public void close() {
        code.close();
        arena.close();
    }
}
