package dev.balsa.cli.report;

import dev.balsa.Model;
import dev.balsa.ModelSummary;
import dev.balsa.Options;
import dev.balsa.PlannedStep;
import dev.balsa.TensorInfo;
import dev.balsa.WeightInfo;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a model consists of, and the plan for inputs of certain shapes.
///
/// @param shapes of the inputs that the plan is for
public record Inspection(
        Path path,
        List<TensorInfo> inputs,
        List<TensorInfo> outputs,
        ModelSummary summary,
        Map<String, String> shapes,
        String precision,
        List<PlannedStep> plan) {
    /// Copies the collections.
    public Inspection {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        shapes = new LinkedHashMap<>(shapes);
        plan = List.copyOf(plan);
    }

    /// Looks into a model.
    ///
    /// @throws dev.balsa.error.BalsaException if the inputs do not fit
    public static Inspection of(Path path, Model model, Options options, Map<String, Tensor> inputs) {
        var shapes = new LinkedHashMap<String, String>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape().toString()));
        return new Inspection(
                path,
                model.inputs(),
                model.outputs(),
                model.summary(),
                shapes,
                options.precision().name().toLowerCase(Locale.ROOT),
                model.plan(inputs));
    }

    private long flops() {
        return plan.stream().mapToLong(PlannedStep::flops).sum();
    }

    /// The weights of layers, as opposed to biases, scales and shapes.
    private List<WeightInfo> matrices() {
        return summary.weights().stream()
                .filter(weight -> weight.shape().rank() >= 2 && weight.shape().size() > 1)
                .filter(weight -> !weight.node().isEmpty())
                .toList();
    }

    private double sparsity() {
        long elements = matrices().stream().mapToLong(weight -> weight.shape().size()).sum();
        long zeros = matrices().stream().mapToLong(WeightInfo::zeros).sum();
        return elements == 0 ? 0 : (double) zeros / elements;
    }

    /// Prints everything but the plan.
    public void print(PrintWriter out) {
        out.println("model " + path + (summary.producer().isEmpty() ? "" : ", by " + summary.producer()) + ", opsets "
                + summary.opsets());
        inputs.forEach(input -> out.println("input  " + input));
        outputs.forEach(output -> out.println("output " + output));
        summary.metadata().forEach((key, value) -> out.println("metadata " + key + ": " + shortened(value)));
        out.println("nodes " + summary.nodes() + ": " + summary.operators());
        out.println("parameters " + Amount.of(summary.parameters()) + " in " + summary.weights().size() + " constants, "
                + Amount.of(summary.weightBytes()) + "B");
        out.println("operations " + Amount.of(flops()) + "FLOP for " + shapes);
        out.println("zeros " + Amount.percent(sparsity()) + " of the elements of layers' weights");
        printWeights(out);
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "…";
    }

    private void printWeights(PrintWriter out) {
        var table = new Table("node", "operator", "weight", "type", "shape", " elements", " zeros");
        for (var weight : matrices()) {
            table.add(
                    weight.node(),
                    weight.operator(),
                    weight.name(),
                    weight.type().toString(),
                    weight.shape().toString(),
                    Amount.of(weight.shape().size()),
                    Amount.percent(weight.sparsity()));
        }
        if (!matrices().isEmpty()) {
            out.println();
            table.print(out);
        }
    }

    /// Prints the plan, a line per step.
    public void printPlan(PrintWriter out) {
        out.println();
        out.println("plan for " + shapes + ", precision " + precision + ", values row-major:");
        var table = new Table("node", "operator", "kernel", "output", " FLOP", " bytes");
        for (var step : plan) {
            table.add(
                    step.node(),
                    step.operator(),
                    step.kernel(),
                    step.shape(),
                    Amount.of(step.flops()),
                    Amount.of(step.bytes()));
        }
        table.print(out);
    }

    /// Everything as JSON.
    public JsonObject json() {
        var opsets = JsonObject.create();
        summary.opsets().forEach((domain, version) -> opsets.add(domain, version.longValue()));
        var operators = JsonObject.create();
        summary.operators().forEach((name, count) -> operators.add(name, count.intValue()));
        var assumed = JsonObject.create();
        shapes.forEach(assumed::add);
        var metadata = JsonObject.create();
        summary.metadata().forEach(metadata::add);
        return JsonObject.create()
                .add("model", path.toString())
                .add("producer", summary.producer())
                .add("opsets", opsets)
                .add("metadata", metadata)
                .add("inputs", json(inputs))
                .add("outputs", json(outputs))
                .add("nodes", summary.nodes())
                .add("operators", operators)
                .add("parameters", summary.parameters())
                .add("weight_bytes", summary.weightBytes())
                .add("shapes", assumed)
                .add("precision", precision)
                .add("flop", flops())
                .add("sparsity", JsonFile.number(sparsity()))
                .add("weights", weightsJson())
                .add("plan", planJson());
    }

    private static JsonArray json(List<TensorInfo> values) {
        var list = JsonArray.create();
        for (var value : values) {
            var object = JsonObject.create().add("name", value.name()).add("type", value.type().toString());
            value.dims().ifPresent(dims -> {
                var array = JsonArray.create();
                dims.forEach(array::add);
                object.add("shape", array);
            });
            list.add(object);
        }
        return list;
    }

    private JsonArray weightsJson() {
        var list = JsonArray.create();
        for (var weight : matrices()) {
            list.add(JsonObject.create()
                    .add("name", weight.name())
                    .add("node", weight.node())
                    .add("operator", weight.operator())
                    .add("type", weight.type().toString())
                    .add("shape", weight.shape().toString())
                    .add("zeros", weight.zeros())
                    .add("sparsity", JsonFile.number(weight.sparsity())));
        }
        return list;
    }

    private JsonArray planJson() {
        var list = JsonArray.create();
        for (var step : plan) {
            list.add(JsonObject.create()
                    .add("node", step.node())
                    .add("operator", step.operator())
                    .add("kernel", step.kernel())
                    .add("output", step.shape())
                    .add("flop", step.flops())
                    .add("bytes", step.bytes()));
        }
        return list;
    }
}
