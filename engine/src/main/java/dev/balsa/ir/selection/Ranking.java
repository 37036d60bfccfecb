package dev.balsa.ir.selection;

import dev.balsa.error.ResourceException;
import java.util.Arrays;
import java.util.Comparator;

/// Places in order of what stands there.
final class Ranking {
    private Ranking() {}

    /// The places `0 .. count - 1` in ascending order; equal ones in order of place.
    ///
    /// @throws ResourceException if there are more than fit a Java array
    static int[] ascending(long count, ElementOrder order) {
        return sorted(count, (a, b) -> order.compare(a, b));
    }

    /// The places `0 .. count - 1` in descending order; equal ones in order of place.
    ///
    /// @throws ResourceException if there are more than fit a Java array
    static int[] descending(long count, ElementOrder order) {
        return sorted(count, (a, b) -> order.compare(b, a));
    }

    private static int[] sorted(long count, Comparator<Integer> order) {
        if (count > Integer.MAX_VALUE - 8) {
            throw new ResourceException("cannot sort " + count + " elements; expected at most "
                    + (Integer.MAX_VALUE - 8) + "; check the shapes of the model's inputs");
        }
        var places = new Integer[(int) count];
        Arrays.setAll(places, place -> place);
        Arrays.sort(places, order);
        return Arrays.stream(places).mapToInt(Integer::intValue).toArray();
    }
}
