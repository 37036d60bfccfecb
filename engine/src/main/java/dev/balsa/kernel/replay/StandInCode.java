package dev.balsa.kernel.replay;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Effects;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Takes the place of code while runs are captured: calls are told to the thread's [Capture].
public final class StandInCode extends MachineCode {
    private final long address;

    /// @param address of the code in a [Stand]
    public StandInCode(long address) {
        this.address = address;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public MemorySegment bytes() {
        throw new IllegalStateException("code of a captured run has no bytes");
    }

    @Override
    public void call(int offset, MemorySegment arguments, long from, long to) {
        Objects.requireNonNull(Effects.capture(), "a captured run")
                .call(address + offset, arguments.address(), from, to);
    }

    @Override
    public void close() {}
}
