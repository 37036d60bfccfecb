package dev.balsa.kernel.movement;

import dev.balsa.error.ShapeException;
import dev.balsa.kernel.movement.IndexedCopyRequest.Member;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Looks at tuples of indices one by one.
///
/// @param indexBytes 4 or 8
record TuplePlaces(int indexBytes, List<Member> members) {
    /// The place of a tuple, in bytes.
    ///
    /// @throws ShapeException if an index is out of range
    long place(MemorySegment indices, long tuple) {
        long place = 0;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            long at = tuple * members.size() + i;
            long index = indexBytes == Long.BYTES
                    ? indices.get(ValueLayout.JAVA_LONG_UNALIGNED, at << 3)
                    : indices.get(ValueLayout.JAVA_INT_UNALIGNED, at << 2);
            if (index < -member.size() || index >= member.size()) {
                throw new ShapeException("input 1, element " + at + ": index " + index + " is out of range; expected "
                        + -member.size() + " to " + (member.size() - 1) + " in a dimension of length " + member.size()
                        + "; check the indices input");
            }
            place += (index < 0 ? index + member.size() : index) * member.stride();
        }
        return place;
    }
}
