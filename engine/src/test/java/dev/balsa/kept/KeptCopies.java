package dev.balsa.kept;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Writes objects and reads them again at once: what a later process would get.
public final class KeptCopies {
    private KeptCopies() {}

    /// A copy of an object and all that it is made of; memory, code and constants stay the same.
    ///
    /// @throws AssertionError if it cannot be kept
    @SuppressWarnings("unchecked") // objects are read as what they were written
    public static <T> T of(T object) {
        var found = new ArrayList<Object>();
        Map<Object, Integer> numbers = new IdentityHashMap<>();
        var writer = new KeptWriter(each ->
                each instanceof MemorySegment || each instanceof MachineCode || each instanceof Constants
                        ? OptionalInt.of(numbers.computeIfAbsent(each, _ -> {
                            found.add(each);
                            return found.size() - 1;
                        }))
                        : OptionalInt.empty());
        try {
            writer.write(object);
        } catch (NotKeptException e) {
            throw new AssertionError(object.getClass() + " cannot be kept: " + e.getMessage(), e);
        }
        return (T) new KeptReader(writer.bytes(), joined(writer.large()), found::get).readObject();
    }

    private static MemorySegment joined(List<MemorySegment> pieces) {
        long bytes = pieces.stream()
                .mapToLong(piece -> piece.byteSize() + Long.BYTES)
                .sum();
        var joined = Arena.ofAuto().allocate(Math.max(1, bytes), Long.BYTES);
        long at = 0;
        for (var piece : pieces) {
            MemorySegment.copy(piece, 0, joined, at, piece.byteSize());
            at += (piece.byteSize() + Long.BYTES - 1) & -Long.BYTES;
        }
        return joined;
    }
}
