package dev.balsa.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Topology;
import dev.balsa.cpu.Topology.Processor;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class WorkerPlacesTest {
    /// Two cores of two threads; neighbours are of one core.
    private static final Topology TWO_CORES = new Topology(
            List.of(new Processor(0, 0, 0), new Processor(1, 0, 0), new Processor(2, 1, 0), new Processor(3, 1, 0)),
            OptionalDouble.empty());

    @Test
    void workersTakeCoresFirst() {
        assertThat(WorkerPlaces.of(TWO_CORES, 1, 2).ofStream(0)).containsExactly(0, 2);
        assertThat(WorkerPlaces.of(TWO_CORES, 1, 4).ofStream(0)).containsExactly(0, 2, 1, 3);
    }

    @Test
    void streamsHaveProcessorsOfTheirOwn() {
        var places = WorkerPlaces.of(TWO_CORES, 2, 2);
        assertThat(places.ofStream(0)).containsExactly(0, 2);
        assertThat(places.ofStream(1)).containsExactly(1, 3);
    }

    @Test
    void workersThatDoNotFitRunAnywhere() {
        assertThat(WorkerPlaces.of(TWO_CORES, 1, 5)).isEqualTo(WorkerPlaces.ANYWHERE);
        assertThat(WorkerPlaces.of(TWO_CORES, 3, 2)).isEqualTo(WorkerPlaces.ANYWHERE);
        assertThat(WorkerPlaces.of(TWO_CORES, Integer.MAX_VALUE, 2)).isEqualTo(WorkerPlaces.ANYWHERE);
        assertThat(WorkerPlaces.ANYWHERE.ofStream(7)).isEmpty();
    }
}
