package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/// Work that several threads do, and how its failures come out.
class HelpersTest {
    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyThreadTakesPart() {
        var names = ConcurrentHashMap.<String>newKeySet();
        var barrier = new CyclicBarrier(3);
        Helpers.run(3, "helper", () -> {
            names.add(Thread.currentThread().getName());
            await(barrier);
        });
        assertThat(names).containsExactlyInAnyOrder(Thread.currentThread().getName(), "helper-1", "helper-2");
    }

    @Test
    void failuresOfHelpersAreTheCallers() {
        var caller = Thread.currentThread();
        for (var failure : new Throwable[] {new IllegalStateException("no"), new StackOverflowError("deep")}) {
            assertThatThrownBy(() -> Helpers.run(2, "helper", () -> {
                        if (Thread.currentThread() != caller) {
                            throwUnchecked(failure);
                        }
                    }))
                    .isSameAs(failure);
        }
    }

    private static void throwUnchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void anInterruptIsKept() {
        Thread.currentThread().interrupt();
        Helpers.run(2, "helper", () -> {});
        assertThat(Thread.interrupted()).isTrue();
    }
}
