package dev.balsa.cli.report;

import dev.balsa.StepTime;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The steps of a run with their times.
///
/// @param steps in the order in which they ended
/// @param roof operations per second that multiply-adds in registers reach
public record ProfileReport(List<StepTime> steps, double roof) {
    /// Copies the list.
    public ProfileReport {
        steps = List.copyOf(steps);
    }

    /// Takes the median time of each step over several runs, or the last run if they differ in their steps.
    ///
    /// @param runs at least one
    public static ProfileReport of(List<List<StepTime>> runs, double roof) {
        var last = runs.getLast();
        if (runs.stream().anyMatch(run -> run.size() != last.size())) {
            return new ProfileReport(last, roof);
        }
        var steps = new ArrayList<StepTime>();
        for (int i = 0; i < last.size(); i++) {
            int index = i;
            var times = runs.stream().mapToLong(run -> run.get(index).nanos()).sorted().toArray();
            steps.add(withNanos(last.get(i), times[times.length / 2]));
        }
        return new ProfileReport(steps, roof);
    }

    private static StepTime withNanos(StepTime step, long nanos) {
        return new StepTime(
                step.node(),
                step.operator(),
                step.kernel(),
                step.output(),
                step.flops(),
                step.bytes(),
                step.depth(),
                step.startNanos(),
                nanos);
    }

    /// The time of the model's own steps together.
    private long total() {
        return steps.stream().filter(step -> step.depth() == 0).mapToLong(StepTime::nanos).sum();
    }

    /// Prints a line per step, then per operator.
    ///
    /// @param top how many steps, longest first; all of them in order if empty
    public void print(PrintWriter out, Optional<Integer> top) {
        var table = new Table(
                "node", "operator", "kernel", "output", " ms", " share", " GFLOP/s", " of roof", " GB/s");
        var shown = top.map(count -> steps.stream()
                        .sorted(Comparator.comparingLong((StepTime step) -> -step.nanos()))
                        .limit(count)
                        .toList())
                .orElse(steps);
        for (var step : shown) {
            table.add(
                    ". ".repeat(step.depth()) + step.node(),
                    step.operator(),
                    step.kernel(),
                    step.output(),
                    String.format(Locale.ROOT, "%.4f", step.nanos() / 1e6),
                    Amount.percent(share(step.nanos())),
                    step.flops() == 0 ? "" : String.format(Locale.ROOT, "%.1f", rate(step.flops(), step)),
                    step.flops() == 0 ? "" : Amount.percent(rate(step.flops(), step) * 1e9 / roof),
                    String.format(Locale.ROOT, "%.1f", rate(step.bytes(), step)));
        }
        table.print(out);
        out.println();
        printOperators(out);
        out.printf(
                Locale.ROOT,
                "%d steps, %.3f ms; roof %.1f GFLOP/s%n",
                steps.size(),
                total() / 1e6,
                roof / 1e9);
    }

    private double share(long nanos) {
        return (double) nanos / Math.max(1, total());
    }

    /// Units per nanosecond.
    private static double rate(long units, StepTime step) {
        return (double) units / Math.max(1, step.nanos());
    }

    private void printOperators(PrintWriter out) {
        record Sum(int count, long nanos) {
            Sum plus(Sum other) {
                return new Sum(count + other.count, nanos + other.nanos);
            }
        }
        var sums = new TreeMap<String, Sum>();
        steps.stream()
                .filter(step -> step.depth() == 0)
                .forEach(step -> sums.merge(
                        step.operator() + " by " + step.kernel(), new Sum(1, step.nanos()), Sum::plus));
        var table = new Table("operator and kernel", " steps", " ms", " share");
        sums.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Sum> entry) ->
                        -entry.getValue().nanos()))
                .forEach(entry -> table.add(
                        entry.getKey(),
                        Integer.toString(entry.getValue().count()),
                        String.format(Locale.ROOT, "%.4f", entry.getValue().nanos() / 1e6),
                        Amount.percent(share(entry.getValue().nanos()))));
        table.print(out);
    }

    /// The table as JSON.
    public JsonObject json() {
        var list = JsonArray.create();
        for (var step : steps) {
            list.add(describe(step)
                    .add("node", step.node())
                    .add("depth", step.depth())
                    .add("ms", JsonFile.number(step.nanos() / 1e6))
                    .add("share", JsonFile.number(share(step.nanos()))));
        }
        return JsonObject.create()
                .add("total_ms", JsonFile.number(total() / 1e6))
                .add("roof_gflops", JsonFile.number(roof / 1e9))
                .add("steps", list);
    }

    /// One run in the Trace Event Format of Chrome, a complete event per step and a lane per depth.
    public static JsonObject trace(List<StepTime> run) {
        var events = JsonArray.create();
        for (var step : run) {
            events.add(JsonObject.create()
                    .add("name", step.operator() + " " + step.node())
                    .add("cat", step.kernel())
                    .add("ph", "X")
                    .add("ts", JsonFile.number(step.startNanos() / 1e3))
                    .add("dur", JsonFile.number(step.nanos() / 1e3))
                    .add("pid", 1)
                    .add("tid", step.depth())
                    .add("args", describe(step)));
        }
        return JsonObject.create().add("traceEvents", events).add("displayTimeUnit", "ms");
    }

    private static JsonObject describe(StepTime step) {
        return JsonObject.create()
                .add("operator", step.operator())
                .add("kernel", step.kernel())
                .add("output", step.output())
                .add("flop", step.flops())
                .add("bytes", step.bytes());
    }
}
