package dev.balsa.kernel;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Where kernels keep what is the same in every run: constant operands in the form they like, and machine code; made
/// once, shared by every shape and stream.
///
/// Thread-safe. Memory and code live as long as the model.
public interface Constants {
    /// Of memory for packed forms.
    long ALIGNMENT = 64;

    /// The packed form of `source`, made by `pack` on first use.
    ///
    /// @param source the constant operand's memory, part of the key by identity of place (address and length)
    /// @param form names the packed form completely: kernel and every number that it depends on
    /// @param bytes the length of the packed form; it is 64-byte aligned and zero when `pack` gets it
    MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack);

    /// Has memory for a while, for what is made on the way to a packed form; then it is gone.
    ///
    /// @param bytes of it; it is 64-byte aligned and zero
    default void onTheWay(long bytes, Consumer<MemorySegment> use) {
        try (var arena = Arena.ofConfined()) {
            use.accept(arena.allocate(bytes, ALIGNMENT));
        }
    }

    /// The routine of this name, its code written by `writer` on first use.
    ///
    /// @param name names the code completely: kernel and every number that it depends on
    MachineCode code(String name, Supplier<byte[]> writer);
}
