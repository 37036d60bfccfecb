package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks that live at the same time never overlap, however many there are.
class MemoryPlanTest {
    static List<Long> seeds() {
        return Seeds.some(3);
    }

    @ParameterizedTest(name = "replay with -Dbalsa.seed={0}")
    @MethodSource("seeds")
    void blocksThatMeetDoNotOverlap(long seed) {
        var random = new Random(seed);
        for (int count : new int[] {1, 50, 6000}) {
            var blocks = new ArrayList<MemoryPlan.Block>();
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(count);
                blocks.add(new MemoryPlan.Block(i, random.nextInt(300), first, first + random.nextInt(8)));
            }
            check(blocks, new MemoryPlan(blocks));
        }
    }

    @Test
    void chainsTakeTurnsInTheMemoryOfTwo() {
        var blocks = new ArrayList<MemoryPlan.Block>();
        for (int step = 0; step < 20; step++) {
            blocks.add(new MemoryPlan.Block(step, 1024, step, step + 1));
        }
        assertThat(new MemoryPlan(blocks).bytes()).isEqualTo(2048);
    }

    @Test
    void nothingTakesNothing() {
        assertThat(new MemoryPlan(List.of()).bytes()).isZero();
        assertThat(new MemoryPlan(List.of(new MemoryPlan.Block(7, 0, 0, 3))).offsets())
                .containsKey(7);
    }

    /// Goes through the steps with the blocks that live then, by offset.
    private static void check(List<MemoryPlan.Block> blocks, MemoryPlan plan) {
        var offsets = plan.offsets();
        assertThat(offsets).hasSize(blocks.size());
        int steps = blocks.stream().mapToInt(MemoryPlan.Block::last).max().orElseThrow() + 1;
        for (int step = 0; step < steps; step++) {
            int now = step;
            var live = new TreeMap<Long, Long>();
            for (var block : blocks.stream()
                    .filter(block -> block.bytes() > 0 && block.first() <= now && now <= block.last())
                    .sorted(Comparator.comparingInt(MemoryPlan.Block::id))
                    .toList()) {
                long from = offsets.get(block.id());
                assertThat(from % 64).isZero();
                assertThat(from + block.bytes()).isLessThanOrEqualTo(plan.bytes());
                var below = live.lowerEntry(from + block.bytes());
                assertThat(below == null || below.getValue() <= from)
                        .as("step %d: block %d overlaps another one", now, block.id())
                        .isTrue();
                live.put(from, from + block.bytes());
            }
        }
    }
}
