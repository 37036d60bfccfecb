package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeakRatesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void arePositiveAndFinite(int threads) {
        var rates = PeakRates.measure(threads);
        assertThat(rates.flops()).isPositive().isFinite();
        assertThat(rates.bytes()).isPositive().isFinite();
    }

    @Test
    void areMeasuredInSpiteOfAnInterrupt() {
        Thread.currentThread().interrupt();
        try {
            assertThat(PeakRates.measure(1).flops()).isPositive();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void needAThread() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeakRates.measure(0))
                .withMessage("peak rates: expected at least 1 thread, found 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void areRefusedWhereTheyAreNone(double rate) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PeakRates(rate, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PeakRates(1, rate));
    }

    @Test
    void readMemoryPartByPartAndRound() {
        try (var memory = new PeakMemory(2 * PeakMemory.PART)) {
            var first = memory.next();
            var second = memory.next();
            assertThat(first.byteSize()).isEqualTo(PeakMemory.PART);
            assertThat(first.address() % PeakLoops.ALIGNMENT).isZero();
            assertThat(second.address()).isEqualTo(first.address() + PeakMemory.PART);
            assertThat(memory.next().address()).isEqualTo(first.address());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1_000_000})
    void readPartsOfEqualLength(int threads) {
        long bytes = PeakMemory.bytesPerThread(threads);
        assertThat(bytes).isPositive();
        assertThat(bytes % PeakMemory.PART).isZero();
    }
}
