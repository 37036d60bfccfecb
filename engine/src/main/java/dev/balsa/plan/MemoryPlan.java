package dev.balsa.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Places blocks of memory so that blocks that live at the same time do not overlap, in little space.
///
/// Blocks are placed by size, largest first, each at the lowest offset where it fits (greedy by size, as in Pisarchyk
/// and Lee, *Efficient Memory Management for Deep Neural Net Inference*, 2020). That takes time with the square of
/// their number; the smallest of very many blocks only take turns with blocks of their own size.
final class MemoryPlan {
    /// All offsets are multiples of a cache line.
    private static final long ALIGNMENT = 64;

    /// How many blocks are placed with regard to all others.
    private static final int MOST_COMPARED = 4096;

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

    /// In the order of their offsets, as long as all are compared.
    private final List<Placed> placed = new ArrayList<>();
    private long bytes;

    /// Places all blocks.
    MemoryPlan(List<Block> blocks) {
        var sorted = blocks.stream().sorted(MemoryPlan::largestFirst).toList();
        int compared = Math.min(sorted.size(), MOST_COMPARED);
        sorted.subList(0, compared).forEach(this::place);
        placeInTurns(sorted.subList(compared, sorted.size()));
    }

    private static int largestFirst(Block one, Block other) {
        int bySize = Long.compare(other.bytes, one.bytes);
        return bySize != 0 ? bySize : Integer.compare(one.first, other.first);
    }

    /// Places blocks behind all others, each where one of the same size is no longer needed, or else at the end.
    private void placeInTurns(List<Block> blocks) {
        var live = new PriorityQueue<Placed>((one, other) -> Integer.compare(one.block.last, other.block.last));
        var free = new HashMap<Long, ArrayDeque<Long>>();
        var inOrder = blocks.stream()
                .sorted((one, other) -> Integer.compare(one.first, other.first))
                .toList();
        for (var block : inOrder) {
            while (!live.isEmpty() && live.peek().block.last < block.first) {
                var done = live.poll();
                free.computeIfAbsent(round(done.block.bytes), _ -> new ArrayDeque<>())
                        .push(done.offset);
            }
            var places = free.getOrDefault(round(block.bytes), new ArrayDeque<>());
            var next = new Placed(block, places.isEmpty() ? bytes : places.pop());
            placed.add(next);
            live.add(next);
            bytes = Math.max(bytes, next.end());
        }
    }

    private void place(Block block) {
        long offset = 0;
        for (var other : placed) {
            if (!other.block.meets(block)) {
                continue;
            }
            if (offset + round(block.bytes) <= other.offset) {
                break;
            }
            offset = Math.max(offset, other.end());
        }
        var done = new Placed(block, offset);
        int at = placed.size();
        while (at > 0 && placed.get(at - 1).offset > offset) {
            at--;
        }
        placed.add(at, done);
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
