package dev.balsa.cli.profile;

import dev.balsa.cli.report.Amount;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.Table;
import dev.balsa.cpu.PeakRates;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A run in tables: where its time went, and how that compares with what the processor can do.
///
/// @param peak what the processor reaches at best, with all units of the run
public record ProfileReport(ProfiledRun run, PeakRates peak) {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    /// Prints the steps, the kernels, and a line about the run.
    ///
    /// @param longest how many steps, the longest first; all of them in order if empty
    public void print(PrintWriter out, Optional<Integer> longest) {
        printSteps(out, longest);
        out.println();
        printKernels(out);
        out.println();
        out.println(run.steps().size() + " steps, " + milliseconds(run.nanos()) + " ms, " + Amount.of(run.flops())
                + " FLOP, " + Amount.percent(roofShare()) + " of " + roofs() + "; " + Amount.bytes(run.bytes()) + ", "
                + Amount.percent(share(run.bytes(), run.nanos(), peak.bytes())) + " of the "
                + Amount.bytes((long) peak.bytes()) + "/s of memory");
    }

    /// The share of the run's time that its operations would take at their roofs.
    private double roofShare() {
        return run.leastNanos(peak) / Math.max(1, run.nanos());
    }

    /// Such as `the roof of f32 vectors (349 GFLOP/s)`.
    private String roofs() {
        var roofs = run.roofs();
        return (roofs.size() == 1 ? "the roof of " : "the roofs of ")
                + roofs.stream()
                        .map(roof -> roof.label() + " (" + Amount.of((long) roof.flops(peak)) + "FLOP/s)")
                        .collect(Collectors.joining(", "));
    }

    private void printKernels(PrintWriter out) {
        record Kernel(String operator, String kernel) {}
        var groups = new LinkedHashMap<Kernel, List<ProfiledStep>>();
        for (var step : run.steps()) {
            var kernel = new Kernel(step.step().operator(), step.step().kernel());
            groups.computeIfAbsent(kernel, _ -> new ArrayList<>()).add(step);
        }
        var table = table(" steps", "operator", "kernel");
        groups.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -new ProfiledRun(entry.getValue()).nanos()))
                .forEach(entry -> {
                    var group = new ProfiledRun(entry.getValue());
                    row(
                            table,
                            group.nanos(),
                            group.flops(),
                            group.leastNanos(peak),
                            group.bytes(),
                            Integer.toString(group.steps().size()),
                            entry.getKey().operator(),
                            entry.getKey().kernel());
                });
        table.print(out);
    }

    private void printSteps(PrintWriter out, Optional<Integer> longest) {
        var table = table("operator", "kernel", "output", "node");
        var shown = longest.map(count -> run.steps().stream()
                        .sorted(Comparator.comparingLong(step -> -step.ownNanos()))
                        .limit(count)
                        .toList())
                .orElse(run.steps());
        for (var one : shown) {
            var step = one.step();
            row(
                    table,
                    one.ownNanos(),
                    step.flops(),
                    one.leastNanos(peak),
                    step.bytes(),
                    ". ".repeat(step.depth()) + step.operator(),
                    step.kernel(),
                    step.output(),
                    step.node());
        }
        table.print(out);
    }

    private static Table table(String... more) {
        var columns = new ArrayList<>(List.of(" ms", " share", " GFLOP/s", " of roof", " GB/s", " of memory"));
        columns.addAll(List.of(more));
        return new Table(columns.toArray(String[]::new));
    }

    private void row(Table table, long nanos, long flops, double leastNanos, long bytes, String... words) {
        var cells = new ArrayList<String>();
        cells.add(milliseconds(nanos));
        cells.add(Amount.percent((double) nanos / Math.max(1, run.nanos())));
        cells.add(billionsPerSecond(flops, nanos));
        cells.add(percent(flops, nanos, leastNanos / nanos));
        cells.add(billionsPerSecond(bytes, nanos));
        cells.add(percent(bytes, nanos, share(bytes, nanos, peak.bytes())));
        cells.addAll(List.of(words));
        table.add(cells.toArray(String[]::new));
    }

    private static String milliseconds(long nanos) {
        return String.format(Locale.ROOT, "%.4f", nanos / NANOS_PER_MILLI);
    }

    /// Thousands of millions per second; empty if there is nothing to count.
    private static String billionsPerSecond(long count, long nanos) {
        return count == 0 || nanos == 0 ? "" : String.format(Locale.ROOT, "%.1f", (double) count / nanos);
    }

    /// A share as a percentage; empty where there is nothing to count.
    private static String percent(long count, long nanos, double share) {
        return count == 0 || nanos == 0 ? "" : Amount.percent(share);
    }

    /// The share of a rate, per second, that so many bytes in so many nanoseconds reach.
    private static double share(long count, long nanos, double roof) {
        return count * NANOS / Math.max(1, nanos) / roof;
    }

    /// The steps as JSON. Shares are of the time a step took itself; a step's roof is one of `roofs_gflops`.
    public JsonObject json() {
        var array = JsonArray.create();
        for (var one : run.steps()) {
            var step = one.step();
            array.add(JsonObject.create()
                    .add("node", step.node())
                    .add("operator", step.operator())
                    .add("kernel", step.kernel())
                    .add("output", step.output())
                    .add("depth", step.depth())
                    .add("ms", JsonFile.number(step.nanos() / NANOS_PER_MILLI))
                    .add("own_ms", JsonFile.number(one.ownNanos() / NANOS_PER_MILLI))
                    .add("flop", step.flops())
                    .add("bytes", step.bytes())
                    .add("roof", one.roof().label())
                    .add("roof_share", JsonFile.number(one.leastNanos(peak) / Math.max(1, one.ownNanos())))
                    .add("memory_share", JsonFile.number(share(step.bytes(), one.ownNanos(), peak.bytes()))));
        }
        var roofs = JsonObject.create();
        run.roofs().forEach(roof -> roofs.add(roof.label(), JsonFile.number(roof.flops(peak) / NANOS)));
        return JsonObject.create()
                .add("run_ms", JsonFile.number(run.nanos() / NANOS_PER_MILLI))
                .add("flop", run.flops())
                .add("bytes", run.bytes())
                .add("roofs_gflops", roofs)
                .add("roof_share", JsonFile.number(roofShare()))
                .add("roof_gb_per_s", JsonFile.number(peak.bytes() / NANOS))
                .add("steps", array);
    }
}
