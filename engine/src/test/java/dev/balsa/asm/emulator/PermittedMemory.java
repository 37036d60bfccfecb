package dev.balsa.asm.emulator;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The memory that emulated routines may touch: pieces with names, to the byte. Thread-safe.
public final class PermittedMemory {
    /// A piece of memory.
    record Range(String name, long start, long end, boolean writable) {
        boolean holds(long address, int bytes, boolean write) {
            return address >= start && address + bytes <= end && (writable || !write);
        }

        /// Bytes between an access and this.
        long distance(long address, int bytes) {
            return Math.max(0, Math.max(start - address, address + bytes - end));
        }

        @Override
        public String toString() {
            return "%s at %#x to %#x%s".formatted(name, start, end, writable ? "" : ", which is only to be read");
        }
    }

    private volatile List<Range> ranges = List.of();

    /// All memory, for tests that cannot tell what is used: a stray access may end the process.
    public static PermittedMemory everything() {
        var memory = new PermittedMemory();
        memory.permit("all memory", MemorySegment.NULL.reinterpret(Long.MAX_VALUE), true);
        return memory;
    }

    /// Permits a piece of memory; `name` is for errors.
    public synchronized void permit(String name, MemorySegment memory, boolean writable) {
        var more = new ArrayList<>(ranges);
        more.add(new Range(name, memory.address(), memory.address() + memory.byteSize(), writable));
        ranges = List.copyOf(more);
    }

    /// Permits no more what has been permitted under a name.
    public synchronized void forget(String name) {
        ranges = ranges.stream().filter(range -> !range.name.equals(name)).toList();
    }

    /// What may be written.
    List<MemorySegment> writable() {
        return ranges.stream()
                .filter(Range::writable)
                .map(range -> MemorySegment.ofAddress(range.start).reinterpret(range.end - range.start))
                .toList();
    }

    /// The range that holds an access.
    ///
    /// @param own further ranges
    /// @throws AssertionError if there is none
    Range find(long address, int bytes, boolean write, List<Range> own) {
        for (var range : ranges) {
            if (range.holds(address, bytes, write)) {
                return range;
            }
        }
        for (var range : own) {
            if (range.holds(address, bytes, write)) {
                return range;
            }
        }
        var all = new ArrayList<>(ranges);
        all.addAll(own);
        all.sort((a, b) -> Long.compare(a.distance(address, bytes), b.distance(address, bytes)));
        throw new AssertionError("%s %d bytes at %#x, which nothing permits; nearest: %s"
                .formatted(write ? "writes" : "reads", bytes, address, all.subList(0, Math.min(3, all.size()))));
    }
}
