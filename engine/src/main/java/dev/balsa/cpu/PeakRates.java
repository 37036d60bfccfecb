package dev.balsa.cpu;

/// What the processor at hand reaches at best with a number of threads: the two roofs over computations in float32,
/// which are short of operations or short of memory. Immutable and thread-safe.
///
/// @param flops floating-point operations per second of multiply-adds of float32 in registers; a multiply-add counts as
///     two
/// @param bytes bytes per second when main memory is read one place after the other; what lies in the processor's
///     caches is read faster
public record PeakRates(double flops, double bytes) {
    /// Checks that both are positive and finite.
    public PeakRates {
        check("operations per second", flops);
        check("bytes per second", bytes);
    }

    private static void check(String what, double rate) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("peak rates: expected " + what + " above 0, found " + rate);
        }
    }

    /// Measures both, in turns, and takes the best of several repetitions; all in all less than half a second. The
    /// loops are machine code with the widest vectors of the processor, or plain Java where there can be no machine
    /// code.
    ///
    /// Nothing else should run meanwhile. The memory it reads, several times the processor's last cache where the
    /// JVM's share of memory allows, is given back. An interrupt changes nothing and stays set.
    ///
    /// @param threads how many threads compute, and read, at once
    /// @throws IllegalArgumentException if that is less than one
    public static PeakRates measure(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("peak rates: expected at least 1 thread, found " + threads);
        }
        try (var trial = new PeakTrial(threads)) {
            return trial.measure();
        }
    }
}
