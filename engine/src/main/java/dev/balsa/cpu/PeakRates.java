package dev.balsa.cpu;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/// What the processor at hand reaches at best with a number of threads: the roofs over computations, which are short
/// of operations or short of memory. Immutable and thread-safe.
///
/// @param operations operations per second of multiply-adds in registers, by the unit that does them; a multiply-add
///     counts as two; [PeakUnit#FLOAT_VECTORS] are always there
/// @param bytes bytes per second when main memory is read one place after the other; what lies in the processor's
///     caches is read faster
public record PeakRates(Map<PeakUnit, Double> operations, double bytes) {
    /// Copies the map; checks that there are float vectors, and that all rates are positive and finite.
    public PeakRates {
        if (!operations.containsKey(PeakUnit.FLOAT_VECTORS)) {
            throw new IllegalArgumentException(
                    "peak rates: expected one of " + PeakUnit.FLOAT_VECTORS + ", found " + operations.keySet());
        }
        operations = Collections.unmodifiableMap(new EnumMap<>(operations));
        operations.values().forEach(rate -> check("operations per second", rate));
        check("bytes per second", bytes);
    }

    private static void check(String what, double rate) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("peak rates: expected " + what + " above 0, found " + rate);
        }
    }

    /// Operations of float32 per second of vectors.
    public double flops() {
        return of(PeakUnit.FLOAT_VECTORS).orElseThrow();
    }

    /// Operations per second of a unit; empty if it was not measured, or the processor has none.
    public OptionalDouble of(PeakUnit unit) {
        var rate = operations.get(unit);
        return rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate);
    }

    /// Measures float vectors and memory, as [#measure(int,Set)] does, in less than half a second.
    ///
    /// @param threads how many threads compute, and read, at once
    /// @throws IllegalArgumentException if that is less than one
    public static PeakRates measure(int threads) {
        return measure(threads, Set.of());
    }

    /// Measures float vectors, memory, and those of some units that the processor has, in turns, and takes the best
    /// of several repetitions; all in all less than a second. The loops are machine code, or plain Java where there
    /// can be no machine code.
    ///
    /// Nothing else should run meanwhile. The memory it reads, several times the processor's last cache where the
    /// JVM's share of memory allows, is given back. An interrupt changes nothing and stays set.
    ///
    /// @param threads how many threads compute, and read, at once
    /// @param units what is to be measured too
    /// @throws IllegalArgumentException if there is to be less than one thread
    public static PeakRates measure(int threads, Set<PeakUnit> units) {
        if (threads < 1) {
            throw new IllegalArgumentException("peak rates: expected at least 1 thread, found " + threads);
        }
        try (var trial = new PeakTrial(threads, units)) {
            return trial.measure();
        }
    }
}
