package dev.balsa.cli.report;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// What is shown of one output of a model.
///
/// @param labels names of classes by index; may be empty or too short
public record OutputReport(String name, Tensor tensor, List<String> labels) {
    private static final long SHOWN_ELEMENTS = 8;

    /// Copies the list.
    public OutputReport {
        labels = List.copyOf(labels);
    }

    /// Prints name, type, shape, statistics, and the best classes of class scores.
    public void print(PrintWriter out) {
        out.println(name + ": " + tensor
                + TensorStatistics.of(tensor)
                        .map(statistics -> ", " + statistics)
                        .orElse(""));
        var rows = ClassScores.of(tensor);
        for (int i = 0; i < rows.size(); i++) {
            print(out, rows.get(i), rows.size() == 1 ? "" : "row " + i + ": ");
        }
        if (rows.isEmpty() && tensor.size() <= SHOWN_ELEMENTS) {
            out.println("  " + elements());
        }
    }

    private void print(PrintWriter out, ClassScores scores, String row) {
        var best = scores.classes().getFirst();
        out.printf(
                Locale.ROOT,
                "  %sanswer: class %s, %.2f %%%s%n",
                row,
                label(best.index()),
                100 * best.share(),
                scores.softmax() ? " (softmax of the scores)" : "");
        for (var one : scores.classes()) {
            out.printf(
                    Locale.ROOT,
                    "  %8.2f %%  score %10.5g  class %s%n",
                    100 * one.share(),
                    one.score(),
                    label(one.index()));
        }
    }

    private String label(int index) {
        return index < labels.size() ? index + " (" + labels.get(index) + ")" : Integer.toString(index);
    }

    private String elements() {
        return LongStream.range(0, tensor.size()).mapToObj(this::element).collect(Collectors.joining(", ", "[", "]"));
    }

    private String element(long index) {
        if (tensor.type() == DataType.STRING) {
            return '"' + tensor.getString(index) + '"';
        }
        return tensor.type().isFloat()
                ? String.format(Locale.ROOT, "%.6g", tensor.getDouble(index))
                : Long.toString(tensor.getLong(index));
    }

    /// The same as JSON.
    public JsonObject json() {
        var dims = JsonArray.create();
        tensor.shape().toList().forEach(dims::add);
        var object = JsonObject.create()
                .add("name", name)
                .add("type", tensor.type().toString())
                .add("shape", dims);
        TensorStatistics.of(tensor)
                .ifPresent(statistics -> object.add("min", JsonFile.number(statistics.min()))
                        .add("max", JsonFile.number(statistics.max()))
                        .add("mean", JsonFile.number(statistics.mean())));
        var rows = ClassScores.of(tensor);
        if (!rows.isEmpty()) {
            var all = JsonArray.create();
            rows.forEach(row -> all.add(json(row)));
            object.add("classes", all);
        }
        return object;
    }

    private JsonArray json(ClassScores row) {
        var classes = JsonArray.create();
        for (var one : row.classes()) {
            var object = JsonObject.create()
                    .add("class", one.index())
                    .add("share", JsonFile.number(one.share()))
                    .add("score", JsonFile.number(one.score()));
            if (one.index() < labels.size()) {
                object.add("label", labels.get(one.index()));
            }
            classes.add(object);
        }
        return classes;
    }
}
