package dev.balsa.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Places blocks of memory so that blocks that live at the same time do not overlap, in little space.
///
/// Blocks are placed by size, largest first, each at the lowest offset where it fits (greedy by size, as in Pisarchyk and
/// Lee, *Efficient Memory Management for Deep Neural Net Inference*, 2020).
final class MemoryPlan {
    /// All offsets are multiples of a cache line.
    private static final long ALIGNMENT = 64;

    /// A block that is written in step `first` and read last in step `last`.
    record Block(int id, long bytes, int first, int last) {
        boolean meets(Block other) {
            return first <= other.last && other.first <= last;
        }
    }

    private record Placed(Block block, long offset) {
        long end() {
            return offset + round(block.bytes);
        }
    }

    private final List<Placed> placed = new ArrayList<>();
    private long bytes;

    /// Places all blocks.
    MemoryPlan(List<Block> blocks) {
        blocks.stream()
                .sorted(Comparator.comparingLong(Block::bytes).reversed().thenComparingInt(Block::first))
                .forEach(this::place);
    }

    private void place(Block block) {
        var neighbours = placed.stream()
                .filter(other -> other.block.meets(block))
                .sorted(Comparator.comparingLong(Placed::offset))
                .toList();
        long offset = 0;
        for (var other : neighbours) {
            if (offset + round(block.bytes) <= other.offset) {
                break;
            }
            offset = Math.max(offset, other.end());
        }
        var done = new Placed(block, offset);
        placed.add(done);
        bytes = Math.max(bytes, done.end());
    }

    private static long round(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// The offset of each block, by its id.
    Map<Integer, Long> offsets() {
        var offsets = new HashMap<Integer, Long>();
        placed.forEach(block -> offsets.put(block.block.id, block.offset));
        return offsets;
    }

    /// How much memory all blocks span.
    long bytes() {
        return bytes;
    }
}
