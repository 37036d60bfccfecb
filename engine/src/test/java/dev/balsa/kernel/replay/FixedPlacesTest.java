package dev.balsa.kernel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FixedPlacesTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 500;

    /// Streams that run a program for the first time at once keep the address, but not the table.
    @Test
    void allThreadsGetTheSameTable() throws Exception {
        try (var arena = Arena.ofConfined()) {
            var places = IntStream.range(0, ROUNDS)
                    .mapToObj(_ -> new FixedPlaces(List.of(arena.allocate(8))))
                    .toList();
            var found = IntStream.range(0, ROUNDS)
                    .mapToObj(_ -> (Set<Long>) ConcurrentHashMap.<Long>newKeySet())
                    .toList();
            var barrier = new CyclicBarrier(THREADS);
            var threads = IntStream.range(0, THREADS)
                    .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            await(barrier);
                            found.get(round).add(places.get(round).table());
                        }
                    }))
                    .toList();
            for (var thread : threads) {
                thread.join();
            }
            assertThat(found).allSatisfy(addresses -> assertThat(addresses).hasSize(1));
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
