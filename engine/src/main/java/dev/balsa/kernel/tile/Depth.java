package dev.balsa.kernel.tile;

import java.util.ArrayList;
import java.util.List;

/// The elements that a product runs over, seen from the place of a row: segments of neighbouring elements.
///
/// @param segments in order; the packed panels have their rows in the same order
public record Depth(List<Segment> segments) {
    /// Neighbouring elements.
    ///
    /// @param offset elements from the row's place to the first
    /// @param length how many, at least 1
    public record Segment(long offset, int length) {}

    /// Copies the list.
    public Depth {
        segments = List.copyOf(segments);
    }

    /// The number of elements.
    public int length() {
        return segments.stream().mapToInt(Segment::length).sum();
    }

    /// The same elements in blocks of at most `most`, in order; neighbouring segments that meet become one.
    List<Depth> blocks(int most) {
        var blocks = new ArrayList<Depth>();
        var block = new ArrayList<Segment>();
        int room = most;
        for (var segment : joined().segments) {
            int done = 0;
            while (done < segment.length) {
                int part = Math.min(room, segment.length - done);
                block.add(new Segment(segment.offset + done, part));
                done += part;
                room -= part;
                if (room == 0) {
                    blocks.add(new Depth(block));
                    block = new ArrayList<>();
                    room = most;
                }
            }
        }
        if (!block.isEmpty()) {
            blocks.add(new Depth(block));
        }
        return blocks;
    }

    /// The same elements, in which neighbouring segments that meet are one.
    public Depth joined() {
        var joined = new ArrayList<Segment>();
        for (var segment : segments) {
            if (!joined.isEmpty() && joined.getLast().offset + joined.getLast().length == segment.offset) {
                var last = joined.removeLast();
                joined.add(new Segment(last.offset, last.length + segment.length));
            } else {
                joined.add(segment);
            }
        }
        return new Depth(joined);
    }
}
