package dev.balsa.cpu;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Loops in machine code.
final class MachineCodeLoops implements PeakLoops {
    private static final int TURNS = 1000;

    private final Arena arena = Arena.ofShared();
    private final int vectorBytes;
    private final MemorySegment sums;
    private final PeakCode written;
    private final MachineCode code;

    /// @param isa with AVX2 at least, and no more than the processor has
    /// @throws dev.balsa.error.ResourceException if the system forbids executable memory
    MachineCodeLoops(Isa isa) {
        vectorBytes = isa.compareTo(Isa.AVX512) < 0 ? 32 : 64;
        sums = arena.allocate((long) vectorBytes * PeakCode.CHAINS, ALIGNMENT);
        written = new PeakCode(vectorBytes);
        code = MachineCode.of(written.bytes());
    }

    @Override
    public long multiplyAdd() {
        code.call(0, sums, 0, TURNS);
        return TURNS * written.operations();
    }

    @Override
    public void read(MemorySegment memory) {
        code.call(written.readAt(), sums, memory.address(), memory.address() + memory.byteSize());
    }

    /// The sums that the last loop left in so many vectors, lane by lane.
    float[] sums(int vectors) {
        return sums.asSlice(0, (long) vectors * vectorBytes).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        code.close();
        arena.close();
    }
}
