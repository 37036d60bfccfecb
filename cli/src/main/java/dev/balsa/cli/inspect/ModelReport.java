package dev.balsa.cli.inspect;

import dev.balsa.Model;
import dev.balsa.ModelSummary;
import dev.balsa.TensorInfo;
import dev.balsa.WeightInfo;
import dev.balsa.cli.report.Amount;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.Table;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a model file holds: inputs, outputs, operators, weights.
///
/// @param name of the file, as it was given
public record ModelReport(String name, List<TensorInfo> inputs, List<TensorInfo> outputs, ModelSummary summary) {
    private static final int MOST_SHOWN = 80;

    /// Copies the lists.
    public ModelReport {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// The report on a loaded model.
    public static ModelReport of(String name, Model model) {
        return new ModelReport(name, model.inputs(), model.outputs(), model.summary());
    }

    /// Prints the report.
    public void print(PrintWriter out) {
        out.println("model: " + name);
        out.println("producer: " + (summary.producer().isBlank() ? "not named" : summary.producer()));
        out.println("opsets: "
                + summary.opsets().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
        summary.metadata().forEach((key, value) -> out.println("metadata " + key + ": " + shortened(value)));
        inputs.forEach(input -> out.println("input " + input));
        outputs.forEach(output -> out.println("output " + output));
        out.println("parameters: " + Amount.of(summary.parameters()) + " (" + Amount.bytes(summary.weightBytes())
                + "), zeros " + Amount.percent(sparsity()));
        out.println("nodes: " + summary.nodes() + ", by operator:");
        printOperators(out);
        printLayers(out);
    }

    private static String shortened(String value) {
        return value.length() <= MOST_SHOWN ? value : value.substring(0, MOST_SHOWN) + "…";
    }

    private void printOperators(PrintWriter out) {
        var table = new Table(" count", "operator");
        summary.operators().entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> table.add(entry.getValue().toString(), entry.getKey()));
        table.print(out);
    }

    private void printLayers(PrintWriter out) {
        var layers = LayerWeights.of(summary);
        if (layers.isEmpty()) {
            return;
        }
        var table = new Table(" parameters", " size", " zeros", "operator", "node", "largest weight");
        for (var layer : layers) {
            table.add(
                    Amount.of(layer.parameters()),
                    Amount.bytes(layer.bytes()),
                    Amount.percent(layer.sparsity()),
                    layer.operator(),
                    layer.node().isEmpty() ? "(inside of bodies)" : layer.node(),
                    layer.largest());
        }
        out.println("layers with weights:");
        table.print(out);
    }

    private double sparsity() {
        long zeros = summary.weights().stream().mapToLong(WeightInfo::zeros).sum();
        return summary.parameters() == 0 ? 0 : (double) zeros / summary.parameters();
    }

    /// The report as JSON.
    public JsonObject json() {
        var opsets = JsonObject.create();
        summary.opsets().forEach(opsets::add);
        var metadata = JsonObject.create();
        summary.metadata().forEach(metadata::add);
        var operators = JsonObject.create();
        summary.operators().forEach(operators::add);
        var weights = JsonArray.create();
        summary.weights().forEach(weight -> weights.add(json(weight)));
        return JsonObject.create()
                .add("model", name)
                .add("producer", summary.producer())
                .add("opsets", opsets)
                .add("metadata", metadata)
                .add("inputs", json(inputs))
                .add("outputs", json(outputs))
                .add("nodes", summary.nodes())
                .add("operators", operators)
                .add("parameters", summary.parameters())
                .add("weight_bytes", summary.weightBytes())
                .add("sparsity", JsonFile.number(sparsity()))
                .add("weights", weights);
    }

    private static JsonArray json(List<TensorInfo> infos) {
        var array = JsonArray.create();
        for (var info : infos) {
            var object = JsonObject.create()
                    .add("name", info.name())
                    .add("type", info.type().toString());
            info.dims().ifPresent(dims -> {
                var list = JsonArray.create();
                dims.forEach(list::add);
                object.add("shape", list);
            });
            array.add(object);
        }
        return array;
    }

    private static JsonObject json(WeightInfo weight) {
        var dims = JsonArray.create();
        weight.shape().toList().forEach(dims::add);
        return JsonObject.create()
                .add("name", weight.name())
                .add("node", weight.node())
                .add("operator", weight.operator())
                .add("type", weight.type().toString())
                .add("shape", dims)
                .add("bytes", weight.bytes())
                .add("zeros", weight.zeros());
    }
}
