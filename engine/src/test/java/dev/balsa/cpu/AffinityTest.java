package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class AffinityTest {
    private static final int NO_PROCESSOR = 8191;

    private static BitSet ofProcess() {
        var allowed = Affinity.ofProcess();
        assumeTrue(allowed.isPresent(), "skipped: this system does not tell on which processors threads may run");
        return allowed.orElseThrow();
    }

    /// Calls on a thread that ends afterwards.
    private static <T> T elsewhere(Callable<T> call) throws Exception {
        var task = new FutureTask<>(call);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    @Test
    void aThreadStaysWhereItIsPinnedAndOthersDoNot() throws Exception {
        var before = Affinity.ofCallingThread();
        for (int processor : ofProcess().stream().toArray()) {
            var found =
                    elsewhere(() -> Affinity.pin(processor) ? Affinity.ofCallingThread() : Optional.<BitSet>empty());
            assumeTrue(found.isPresent(), "skipped: this system does not let threads be pinned");
            assertThat(found.orElseThrow().stream()).containsExactly(processor);
        }
        assertThat(Affinity.ofCallingThread()).isEqualTo(before);
    }

    @Test
    void processorsThatThereAreNotAreRefused() throws Exception {
        for (int processor : new int[] {-1, Integer.MIN_VALUE, NO_PROCESSOR, NO_PROCESSOR + 1, Integer.MAX_VALUE}) {
            assertThat(elsewhere(() -> Affinity.pin(processor))).isFalse();
        }
    }

    @Test
    void aVirtualThreadIsRefused() throws Exception {
        int processor = ofProcess().nextSetBit(0);
        var task = new FutureTask<>(() -> Affinity.pin(processor));
        Thread.ofVirtual().start(task);
        assertThat(task.get()).isFalse();
    }
}
