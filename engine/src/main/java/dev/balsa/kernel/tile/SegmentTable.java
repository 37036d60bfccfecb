package dev.balsa.kernel.tile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The segments of a depth as the code of tiles reads them: numbers of 64 bits, for each segment the bytes from a
/// row's place to it, and its elements; where sums are split, then one that says what is done with the sums behind
/// it.
///
/// Rounding errors of a sum grow with the square of its length, as every product is added to all that came before.
/// Where sums are split, each few dozen products are summed up by themselves.
///
/// @param memory the numbers
/// @param count segments in it
/// @param rounds of steps that a tile makes along them
record SegmentTable(MemorySegment memory, int count, long rounds) {
    /// Whether sums are added to what was put aside before.
    static final int ADDS = 2;
    /// Whether sums are put aside, and begin anew.
    static final int PUTS_ASIDE = 1;

    /// Products that are summed up before the sum is put aside, or somewhat more; a multiple of the steps that the
    /// code does at a time. Half of it costs twice as much for errors that are hardly smaller; with twice of it,
    /// networks of many layers end further from double precision than those whose sums are cut by the caches.
    private static final int RUN = 64;

    /// The table of a depth of at least one element.
    ///
    /// @param splits whether sums are split
    static SegmentTable of(Depth depth, boolean splits) {
        return splits ? split(depth) : plain(depth);
    }

    private static SegmentTable plain(Depth depth) {
        var numbers = new ArrayList<Long>();
        for (var segment : depth.segments()) {
            numbers.add(segment.offset() * Float.BYTES);
            numbers.add((long) segment.length());
        }
        long rounds = 0;
        for (var segment : depth.segments()) {
            rounds += TileCode.rounds(segment.length(), false);
        }
        return of(numbers, depth.segments().size(), rounds);
    }

    private static SegmentTable split(Depth depth) {
        var pieces = new ArrayList<Depth.Segment>();
        depth.segments().forEach(segment -> cut(segment, pieces));
        var numbers = new ArrayList<Long>();
        int summed = 0;
        int aside = 0;
        int then = 0;
        long rounds = 0;
        for (int i = 0; i < pieces.size(); i++) {
            summed += pieces.get(i).length();
            boolean isLast = i == pieces.size() - 1;
            rounds += TileCode.rounds(pieces.get(i).length(), then == (ADDS | PUTS_ASIDE));
            then = 0;
            if (isLast) {
                then = aside;
            } else if (summed >= RUN) {
                then = aside | PUTS_ASIDE;
                aside = ADDS;
                summed = 0;
            }
            numbers.add(pieces.get(i).offset() * Float.BYTES);
            numbers.add((long) pieces.get(i).length());
            numbers.add((long) then);
        }
        return of(numbers, pieces.size(), rounds);
    }

    private static void cut(Depth.Segment segment, List<Depth.Segment> pieces) {
        int done = 0;
        while (segment.length() - done >= 2 * RUN) {
            pieces.add(new Depth.Segment(segment.offset() + done, RUN));
            done += RUN;
        }
        pieces.add(new Depth.Segment(segment.offset() + done, segment.length() - done));
    }

    private static SegmentTable of(List<Long> numbers, int count, long rounds) {
        var memory = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, numbers.size());
        for (int i = 0; i < numbers.size(); i++) {
            memory.setAtIndex(ValueLayout.JAVA_LONG, i, numbers.get(i));
        }
        return new SegmentTable(memory, count, rounds);
    }
}
