package dev.balsa.run;

import dev.balsa.error.ResourceException;
import dev.balsa.memory.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A piece of memory that only grows, when something larger is asked for. Not for concurrent use.
final class StreamMemory implements AutoCloseable {
    /// Nothing until memory is asked for: closing a shared arena waits for all threads of the JVM.
    private Optional<Arena> arena = Optional.empty();
    private MemorySegment memory = MemorySegment.NULL;
    private int version;

    /// At least `bytes` of memory. When it had to grow, everything handed out before is gone and [#version] is
    /// another.
    ///
    /// @throws ResourceException if the system has no such memory
    MemorySegment atLeast(long bytes) {
        if (memory.byteSize() < bytes) {
            var larger = Arena.ofShared();
            try {
                memory = LargeMemory.allocateWhole(larger, bytes);
            } catch (OutOfMemoryError | ResourceException e) {
                larger.close();
                throw new ResourceException(
                        "cannot get " + bytes + " bytes for intermediate tensors; expected a machine "
                                + "with that much free memory; use a smaller batch or input",
                        e);
            }
            close();
            arena = Optional.of(larger);
            version++;
        }
        return memory;
    }

    int version() {
        return version;
    }

    @Override
    public void close() {
        arena.ifPresent(Arena::close);
        arena = Optional.empty();
    }
}
