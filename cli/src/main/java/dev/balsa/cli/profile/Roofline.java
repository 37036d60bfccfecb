package dev.balsa.cli.profile;

import dev.balsa.cpu.PeakRates;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/// The steps of a run between two roofs: how many operations they do per byte of their operands, and how many per
/// second. A step is below the roof of memory if its operands come from there, and below that of arithmetic in any
/// case.
///
/// @param points a point per step that operations and bytes are counted for, the one that takes longest first
/// @param x what the axis of operations per byte covers
/// @param y what the axis of operations per second covers, in thousands of millions (GFLOP/s)
/// @param peak the roofs
/// @param shownShare the share of the run's time that the points stand for
record Roofline(List<Point> points, Span x, Span y, PeakRates peak, double shownShare) {
    private static final double BILLION = 1e9;

    /// A step.
    ///
    /// @param intensity floating-point operations per byte
    /// @param gflops thousands of millions of operations per second
    record Point(ProfiledStep step, double intensity, double gflops) {}

    /// What a logarithmic axis covers.
    ///
    /// @param least one, two or five times a power of ten
    /// @param largest likewise
    record Span(double least, double largest) {
        private static final double SLACK = 1e-9;
        private static final double APART = 1.2;

        /// The least span that all values lie in, none of them at its ends.
        static Span around(DoubleStream values) {
            var all = values.summaryStatistics();
            return new Span(below(all.getMin() / APART), 1 / below(1 / (all.getMax() * APART)));
        }

        private static double below(double value) {
            double power = Math.pow(10, Math.floor(Math.log10(value) + SLACK));
            double rest = value / power + SLACK;
            return rest >= 5 ? 5 * power : rest >= 2 ? 2 * power : power;
        }
    }

    /// Copies the list.
    Roofline {
        points = List.copyOf(points);
    }

    /// Counts bytes as [dev.balsa.StepTime] does, and the time that a step takes itself.
    static Roofline of(ProfiledRun run, PeakRates peak) {
        var points = run.steps().stream()
                .filter(step -> step.step().flops() > 0 && step.step().bytes() > 0 && step.ownNanos() > 0)
                .sorted(Comparator.comparingLong(step -> -step.ownNanos()))
                .map(Roofline::point)
                .toList();
        long shown = points.stream().mapToLong(point -> point.step.ownNanos()).sum();
        double ridge = peak.flops() / peak.bytes();
        double top = peak.flops() / BILLION;
        return new Roofline(
                points,
                Span.around(DoubleStream.concat(
                        points.stream().mapToDouble(Point::intensity), DoubleStream.of(ridge / 5, ridge * 10))),
                Span.around(DoubleStream.concat(
                        points.stream().mapToDouble(Point::gflops), DoubleStream.of(top / 20, top * 1.3))),
                peak,
                (double) shown / Math.max(1, run.nanos()));
    }

    private static Point point(ProfiledStep step) {
        double flops = step.step().flops();
        return new Point(step, flops / step.step().bytes(), flops / step.ownNanos());
    }

    /// Operations per byte at which both roofs are equally high.
    double ridge() {
        return peak.flops() / peak.bytes();
    }

    /// The lower of both roofs, in GFLOP/s.
    double roof(double intensity) {
        return Math.min(peak.flops(), peak.bytes() * intensity) / BILLION;
    }
}
