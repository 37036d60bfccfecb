package dev.balsa.cli.profile;

import java.util.Locale;

/// An axis of time from zero to the end of a run, with about ten ticks at round numbers.
///
/// @param unit what the ticks are in: `µs`, `ms` or `s`
/// @param unitNanos nanoseconds of a unit
/// @param step units from one tick to the next: one, two or five times a power of ten
/// @param nanos what the axis covers
record TimeAxis(String unit, double unitNanos, double step, long nanos) {
    private static final int TICKS = 10;

    /// The axis for so many nanoseconds.
    static TimeAxis of(long nanos) {
        long covered = Math.max(1, nanos);
        var unit = covered < 1_000_000 ? "µs" : covered < 1_000_000_000 ? "ms" : "s";
        double unitNanos = covered < 1_000_000 ? 1e3 : covered < 1_000_000_000 ? 1e6 : 1e9;
        double least = covered / unitNanos / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double step =
                least <= power ? power : least <= 2 * power ? 2 * power : least <= 5 * power ? 5 * power : 10 * power;
        return new TimeAxis(unit, unitNanos, step, covered);
    }

    /// How many ticks there are, the one at zero among them.
    int ticks() {
        return 1 + (int) Math.floor(nanos / unitNanos / step + 1e-9);
    }

    /// Where a tick is, as a share of the axis.
    double at(int tick) {
        return tick * step * unitNanos / nanos;
    }

    /// The number at a tick.
    String label(int tick) {
        int digits = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f", tick * step);
    }
}
