package dev.balsa.cli.profile;

import dev.balsa.Roof;
import dev.balsa.cpu.PeakRates;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// The steps of a run below roofs: how many operations they do per byte of their operands, and how many per second.
/// A step is below the roof of memory if its operands come from there, and below that of the unit that it computes
/// with in any case.
///
/// @param points a point per step that operations and bytes are counted for, the one that takes longest first
/// @param x what the axis of operations per byte covers
/// @param y what the axis of operations per second covers, in thousands of millions (GFLOP/s)
/// @param ceilings the roofs of arithmetic, the lowest first: that of vectors, and those of all points
/// @param memory the roof of memory, in bytes per second
/// @param shownShare the share of the run's time that the points stand for
record Roofline(List<Point> points, Span x, Span y, List<Ceiling> ceilings, double memory, double shownShare) {
    private static final double BILLION = 1e9;

    /// A step.
    ///
    /// @param intensity floating-point operations per byte
    /// @param gflops thousands of millions of operations per second
    record Point(ProfiledStep step, double intensity, double gflops) {}

    /// A roof of arithmetic.
    ///
    /// @param gflops how high it is, in thousands of millions of operations per second
    record Ceiling(Roof roof, double gflops) {}

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

    /// Copies the lists.
    Roofline {
        points = List.copyOf(points);
        ceilings = List.copyOf(ceilings);
    }

    /// Counts bytes as [dev.balsa.StepTime] does, and the time that a step takes itself.
    static Roofline of(ProfiledRun run, PeakRates peak) {
        var points = run.steps().stream()
                .filter(step -> step.step().flops() > 0 && step.step().bytes() > 0 && step.ownNanos() > 0)
                .sorted(Comparator.comparingLong(step -> -step.ownNanos()))
                .map(Roofline::point)
                .toList();
        long shown = points.stream().mapToLong(point -> point.step.ownNanos()).sum();
        var ceilings = ceilings(points, peak);
        double low = ceilings.getFirst().gflops;
        double top = ceilings.getLast().gflops;
        double memory = peak.bytes() / BILLION;
        return new Roofline(
                points,
                Span.around(DoubleStream.concat(
                        points.stream().mapToDouble(Point::intensity),
                        DoubleStream.of(low / memory / 5, low / memory * 10, top / memory * 4))),
                Span.around(DoubleStream.concat(
                        points.stream().mapToDouble(Point::gflops), DoubleStream.of(low / 20, top * 1.3))),
                ceilings,
                peak.bytes(),
                (double) shown / Math.max(1, run.nanos()));
    }

    private static Point point(ProfiledStep step) {
        double flops = step.step().flops();
        return new Point(step, flops / step.step().bytes(), flops / step.ownNanos());
    }

    private static List<Ceiling> ceilings(List<Point> points, PeakRates peak) {
        return Stream.concat(Stream.of(Roof.VECTORS), points.stream().map(point -> point.step.roof()))
                .distinct()
                .map(roof -> new Ceiling(roof, roof.flops(peak) / BILLION))
                .sorted(Comparator.comparingDouble(Ceiling::gflops))
                .toList();
    }

    /// Operations per byte at which a roof of arithmetic is as high as that of memory.
    double ridge(Ceiling ceiling) {
        return ceiling.gflops * BILLION / memory;
    }

    /// The same of the highest roof of arithmetic, where that of memory ends.
    double lastRidge() {
        return ridge(ceilings.getLast());
    }

    /// The least number of operations per byte at which the roof of memory is shown.
    double memoryFrom() {
        return Math.max(x.least, y.least * BILLION / memory);
    }

    /// The roof of memory, in GFLOP/s.
    double memoryRoof(double intensity) {
        return memory * intensity / BILLION;
    }
}
