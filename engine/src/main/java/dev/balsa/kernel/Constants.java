package dev.balsa.kernel;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// Where kernels keep constant operands in the form they like: packed once, shared by every shape and stream.
///
/// Thread-safe. The memory lives as long as the model.
public interface Constants {
    /// The packed form of `source`, made by `pack` on first use.
    ///
    /// @param source the constant operand's memory, part of the key by identity of place (address and length)
    /// @param form names the packed form completely: kernel and every number that it depends on
    /// @param bytes the length of the packed form; it is 64-byte aligned and zero when `pack` gets it
    MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack);
}
