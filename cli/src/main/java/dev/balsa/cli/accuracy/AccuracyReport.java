package dev.balsa.cli.accuracy;

import dev.balsa.Deviation;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.Table;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/// Shows a comparison with double precision.
public record AccuracyReport(Accuracy accuracy) {
    /// Prints a table of outputs, and one of steps if there are any.
    ///
    /// @param top how many steps at most
    public void print(PrintWriter out, Optional<Integer> top) {
        var outputs =
                new Table("output", "type", " magnitude", " balsa rms", " largest", " onnxruntime rms", " largest");
        for (var output : accuracy.outputs()) {
            outputs.add(
                    output.output(),
                    output.type(),
                    text(output.balsa().magnitude()),
                    text(output.balsa().rms()),
                    text(output.balsa().largest()),
                    output.peer().map(Deviation::rms).map(AccuracyReport::text).orElse("-"),
                    output.peer()
                            .map(Deviation::largest)
                            .map(AccuracyReport::text)
                            .orElse("-"));
        }
        outputs.print(out);
        if (accuracy.steps().isEmpty()) {
            return;
        }
        var steps = new Table(" share", " largest", " magnitude", "operator", "kernel", "output", "node");
        accuracy.steps().stream()
                .limit(top.orElse(Integer.MAX_VALUE))
                .forEach(step -> steps.add(
                        text(step.error().relative()),
                        text(step.error().largest()),
                        text(step.error().magnitude()),
                        step.operator(),
                        step.kernel(),
                        step.shape(),
                        step.node()));
        out.println();
        steps.print(out);
    }

    private static String text(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2e", value);
    }

    /// The same as JSON.
    public JsonObject json() {
        var outputs = JsonArray.create();
        for (var output : accuracy.outputs()) {
            var one = JsonObject.create()
                    .add("output", output.output())
                    .add("type", output.type())
                    .add("balsa", json(output.balsa()));
            output.peer().ifPresent(peer -> one.add("onnxruntime", json(peer)));
            outputs.add(one);
        }
        var steps = JsonArray.create();
        for (var step : accuracy.steps()) {
            steps.add(json(step.error())
                    .add("share", JsonFile.number(step.error().relative()))
                    .add("operator", step.operator())
                    .add("kernel", step.kernel())
                    .add("output", step.shape())
                    .add("node", step.node()));
        }
        return JsonObject.create().add("outputs", outputs).add("steps", steps);
    }

    private static JsonObject json(Deviation deviation) {
        return JsonObject.create()
                .add("rms", JsonFile.number(deviation.rms()))
                .add("largest", JsonFile.number(deviation.largest()))
                .add("magnitude", JsonFile.number(deviation.magnitude()));
    }
}
