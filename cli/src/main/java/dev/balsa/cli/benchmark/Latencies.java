package dev.balsa.cli.benchmark;

import java.util.List;

/// How long runs took.
///
/// @param runs how many were measured
/// @param median in nanoseconds, as the other two
/// @param perSecond runs that ended per second of measured time
public record Latencies(int runs, double median, double p90, double p99, double perSecond) {
    /// The statistics of measured runs.
    ///
    /// @param nanos of each run; at least one
    /// @param total nanoseconds in which all of them ran; less than their sum where several ran at once
    static Latencies of(List<Long> nanos, long total) {
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Latencies(
                sorted.length, rank(sorted, 0.5), rank(sorted, 0.9), rank(sorted, 0.99), sorted.length * 1e9 / total);
    }

    /// The value below which a share of all lies, interpolated between neighbours.
    private static double rank(long[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
