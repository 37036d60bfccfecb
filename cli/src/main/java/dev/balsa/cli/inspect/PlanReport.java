package dev.balsa.cli.inspect;

import dev.balsa.Options;
import dev.balsa.PlannedStep;
import dev.balsa.cli.report.Amount;
import dev.balsa.cli.report.Table;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How a model would be run on inputs of certain shapes.
///
/// @param precision as the options name it
/// @param shapes of the inputs, by name
public record PlanReport(String precision, Map<String, Shape> shapes, List<PlannedStep> steps) {
    /// Steps with work of their own that only the run tells.
    private static final Set<String> OPEN = Set.of("If", "Loop", "Scan", "later stage");

    /// Copies the collections.
    public PlanReport {
        shapes = new LinkedHashMap<>(shapes);
        steps = List.copyOf(steps);
    }

    /// The report on the steps for these inputs.
    public static PlanReport of(Options options, Map<String, Tensor> inputs, List<PlannedStep> steps) {
        var shapes = new LinkedHashMap<String, Shape>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return new PlanReport(options.precision().name().toLowerCase(Locale.ROOT), shapes, steps);
    }

    private long flops() {
        return steps.stream().mapToLong(PlannedStep::flops).sum();
    }

    private boolean complete() {
        return steps.stream().map(PlannedStep::operator).noneMatch(OPEN::contains);
    }

    /// Prints the work in one line.
    public void printWork(PrintWriter out) {
        out.println("work: " + Amount.of(flops()) + " FLOP for "
                + shapes.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + (complete() ? "" : "; without loops, branches and stages whose shapes only the run tells"));
    }

    /// Prints the steps.
    public void printSteps(PrintWriter out) {
        var table = new Table(
                " step", "operator", "kernel", "layout", "types", "why ", "output", " FLOP", " bytes", "node");
        int number = 0;
        for (var step : steps) {
            table.add(
                    Integer.toString(number++),
                    step.operator(),
                    step.kernel(),
                    step.layout(),
                    step.types(),
                    step.reason(),
                    step.shape(),
                    step.flops() == 0 ? "" : Amount.of(step.flops()),
                    Amount.bytes(step.bytes()),
                    step.node());
        }
        out.println("plan, precision " + precision + ":");
        table.print(out);
    }

    /// Adds the work, and the steps if they are wanted, to the report on the model.
    public void addTo(JsonObject document, boolean withSteps) {
        var inputs = JsonObject.create();
        shapes.forEach((name, shape) -> {
            var dims = JsonArray.create();
            shape.toList().forEach(dims::add);
            inputs.add(name, dims);
        });
        document.add("shapes", inputs)
                .add("precision", precision)
                .add("flop", flops())
                .add("flop_complete", complete());
        if (withSteps) {
            var plan = JsonArray.create();
            steps.forEach(step -> plan.add(json(step)));
            document.add("plan", plan);
        }
    }

    private static JsonObject json(PlannedStep step) {
        return JsonObject.create()
                .add("node", step.node())
                .add("operator", step.operator())
                .add("kernel", step.kernel())
                .add("layout", step.layout())
                .add("types", step.types())
                .add("reason", step.reason())
                .add("output", step.shape())
                .add("flop", step.flops())
                .add("bytes", step.bytes());
    }
}
