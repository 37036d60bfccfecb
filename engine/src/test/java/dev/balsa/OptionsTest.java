package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Topology;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void byDefaultThereIsAThreadPerUsableCore() {
        var threads = Options.defaults().threads();
        assertThat(threads).isBetween(1, Runtime.getRuntime().availableProcessors());
        assertThat(threads).isLessThanOrEqualTo(Topology.current().usefulThreads());
    }

    @Test
    void threadsArePinnedOnlyIfAskedFor() {
        var options = Options.defaults();
        assertThat(options.pinning()).isFalse();
        var pinned = options.withPinning(true).withThreads(3).withStreams(2).withMemoryLimit(1);
        assertThat(pinned.pinning()).isTrue();
        assertThat(pinned.withPinning(false))
                .isEqualTo(options.withThreads(3).withStreams(2).withMemoryLimit(1));
    }
}
