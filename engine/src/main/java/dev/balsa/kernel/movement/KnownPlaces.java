package dev.balsa.kernel.movement;

import dev.balsa.error.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/// The places of blocks whose indices are constant, in as few and long blocks as they make up.
///
/// @param list 64 bits for every block, in bytes
/// @param blockBytes the length of a block
/// @param distinct whether no two are the same
record KnownPlaces(MemorySegment list, long count, long blockBytes, boolean distinct) {
    /// Longer lists would take more memory than they save time.
    private static final long MOST = 1 << 18;

    /// The places of a request; none if indices vary, are too many or, which only a run may tell, out of range.
    static Optional<KnownPlaces> of(IndexedCopyRequest request) {
        var nest = request.nest();
        if (request.known().isEmpty() || nest.total() == 0 || nest.total() > MOST || request.blockBytes() == 0) {
            return Optional.empty();
        }
        var places = new long[(int) nest.total()];
        var tuples = new TuplePlaces(request.indexBytes(), request.members());
        try {
            for (int i = 0; i < places.length; i++) {
                long row = i / nest.inner();
                long column = i - row * nest.inner();
                places[i] = nest.rowOffset(0, row)
                        + column * nest.innerStride(0)
                        + tuples.place(request.known().get(), nest.rowOffset(1, row) + column * nest.innerStride(1));
            }
        } catch (ShapeException e) {
            return Optional.empty();
        }
        return Optional.of(of(places, request.blockBytes()));
    }

    private static KnownPlaces of(long[] places, long blockBytes) {
        int together = together(places, blockBytes);
        int count = places.length / together;
        var list = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, count);
        for (int i = 0; i < count; i++) {
            list.setAtIndex(ValueLayout.JAVA_LONG, i, places[i * together]);
        }
        return new KnownPlaces(list, count, together * blockBytes, areDistinct(places));
    }

    /// How many blocks in a row are always neighbours.
    private static int together(long[] places, long blockBytes) {
        int together = places.length;
        for (int i = 1; i < places.length && together > 1; i++) {
            if (places[i] != places[i - 1] + blockBytes) {
                together = commonDivisor(together, i);
            }
        }
        return together;
    }

    private static int commonDivisor(int a, int b) {
        return b == 0 ? a : commonDivisor(b, a % b);
    }

    private static boolean areDistinct(long[] places) {
        var sorted = places.clone();
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                return false;
            }
        }
        return true;
    }
}
