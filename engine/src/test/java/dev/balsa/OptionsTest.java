package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Topology;
import java.nio.file.Path;
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

    @Test
    void plansAreKeptOnlyIfAFolderIsGiven() {
        var options = Options.defaults();
        assertThat(options.planFolder()).isEmpty();
        var keeping = options.withPlanFolder(Path.of("plans")).withThreads(3).withTuning(Tuning.OFF);
        assertThat(keeping.planFolder()).hasValue(Path.of("plans"));
        assertThat(keeping.withoutPlanFolder()).isEqualTo(options.withThreads(3).withTuning(Tuning.OFF));
    }

    @Test
    void theUsualFolderForPlansLiesBesideMeasuredTimes() {
        assertThat(Options.usualPlanFolder().orElseThrow())
                .isEqualTo(Tuning.file().orElseThrow().resolveSibling("plans"));
    }
}
