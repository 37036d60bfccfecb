package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    void areOfTheUnitsThatTheProcessorHas() {
        var rates = PeakRates.measure(1, EnumSet.allOf(PeakUnit.class));
        boolean hasCode = Cpu.current().best() != Isa.PORTABLE;
        for (var unit : PeakUnit.values()) {
            boolean expected = unit == PeakUnit.FLOAT_VECTORS || hasCode && unit.isIn(Cpu.current());
            assertThat(rates.of(unit).isPresent()).as(unit.label()).isEqualTo(expected);
        }
        assertThat(rates.operations().values())
                .allSatisfy(rate -> assertThat(rate).isPositive().isFinite());
        assertThat(rates.of(PeakUnit.FLOAT_VECTORS)).hasValue(rates.flops());
    }

    @Test
    void areOfFloatVectorsAloneIfNothingElseIsWanted() {
        assertThat(PeakRates.measure(1).operations()).containsOnlyKeys(PeakUnit.FLOAT_VECTORS);
        assertThat(PeakRates.measure(1).of(PeakUnit.BYTE_TILES)).isEmpty();
    }

    @Test
    void areOfUnitsByFeatures() {
        var dots = EnumSet.copyOf(Isa.AVX512_VNNI.needs());
        assertThat(units(Set.of())).containsExactly(PeakUnit.FLOAT_VECTORS);
        assertThat(units(Isa.AVX512.needs())).containsExactly(PeakUnit.FLOAT_VECTORS);
        assertThat(units(dots)).containsExactly(PeakUnit.FLOAT_VECTORS, PeakUnit.BYTE_VECTORS);
        assertThat(units(Set.of(CpuFeature.AVX_VNNI))).containsExactly(PeakUnit.FLOAT_VECTORS, PeakUnit.BYTE_VECTORS);
        assertThat(units(Isa.AMX.needs())).containsExactly(PeakUnit.values());
    }

    private static List<PeakUnit> units(Set<CpuFeature> features) {
        var cpu = new Cpu("made up", features, Caches.ASSUMED, Optional.empty());
        return Arrays.stream(PeakUnit.values()).filter(unit -> unit.isIn(cpu)).toList();
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
        assertThatIllegalArgumentException().isThrownBy(() -> new PeakRates(Map.of(PeakUnit.FLOAT_VECTORS, rate), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PeakRates(Map.of(PeakUnit.FLOAT_VECTORS, 1.0, PeakUnit.BYTE_TILES, rate), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PeakRates(Map.of(PeakUnit.FLOAT_VECTORS, 1.0), rate));
    }

    @Test
    void areRefusedWithoutFloatVectors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PeakRates(Map.of(PeakUnit.BYTE_TILES, 1.0), 1))
                .withMessage("peak rates: expected one of FLOAT_VECTORS, found [BYTE_TILES]");
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
