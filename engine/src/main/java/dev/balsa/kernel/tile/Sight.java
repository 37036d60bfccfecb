package dev.balsa.kernel.tile;

import java.util.ArrayList;
import java.util.List;

/// How what rows see comes from a left factor's memory: runs of its elements, with zeros between them. So an image
/// is seen with its padding without being copied.
///
/// @param runs in order, none of which overlap
public record Sight(List<Run> runs) {
    /// The memory is seen as it is.
    public static final Sight PLAIN = new Sight(List.of(new Run(0, 0, Long.MAX_VALUE)));

    /// Answer of [#source]: all elements are zeros.
    public static final long ZEROS = -1;
    /// Answer of [#source]: some elements are zeros, or they are of several runs.
    public static final long MIXED = -2;

    /// Neighbouring elements.
    ///
    /// @param seen where the first is seen, counted like the places of rows
    /// @param at where it is in the memory
    /// @param length how many
    public record Run(long seen, long at, long length) {}

    /// Copies the list.
    public Sight {
        runs = List.copyOf(runs);
    }

    /// Where in the memory the elements seen from `first` on begin, if they lie there side by side; else [#ZEROS]
    /// or [#MIXED].
    public long source(long first, long length) {
        long end = first + length;
        int from = firstRunFrom(first);
        for (int i = from; i < Math.min(from + 2, runs.size()); i++) {
            var run = runs.get(i);
            if (run.seen >= end) {
                break;
            }
            long within = first - run.seen;
            if (within < run.length) {
                return within >= 0 && length <= run.length - within ? run.at + within : MIXED;
            }
        }
        return ZEROS;
    }

    /// The elements seen from `first` on, run by run; those of which `at` is [#ZEROS] are zeros.
    public List<Run> pieces(long first, long length) {
        var pieces = new ArrayList<Run>();
        long end = first + length;
        long done = first;
        for (int i = firstRunFrom(first); i < runs.size() && done < end; i++) {
            var run = runs.get(i);
            if (run.seen >= end) {
                break;
            }
            if (run.seen > done) {
                pieces.add(new Run(done, ZEROS, run.seen - done));
                done = run.seen;
            }
            long part = Math.min(end - done, run.length - (done - run.seen));
            if (part > 0) {
                pieces.add(new Run(done, run.at + (done - run.seen), part));
                done += part;
            }
        }
        if (done < end) {
            pieces.add(new Run(done, ZEROS, end - done));
        }
        return pieces;
    }

    /// The last run that begins at or before an element, or the first of all.
    private int firstRunFrom(long element) {
        int low = 0;
        int high = runs.size();
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (runs.get(middle).seen <= element) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
