package dev.balsa.cli.profile;

import dev.balsa.StepTime;
import dev.balsa.cli.report.JsonFile;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;

/// A run in the JSON form of the Trace Event Format, which `chrome://tracing` and Perfetto open. Steps are complete
/// events (`ph` is `X`) on one track, those inside of others below them; times are in microseconds.
public final class ChromeTrace {
    private static final double NANOS_PER_MICRO = 1000;

    private ChromeTrace() {}

    /// The trace of a run of the model `name`.
    public static JsonObject of(String name, ProfiledRun run) {
        var events = JsonArray.create();
        events.add(event("process_name", "M").add("args", JsonObject.create().add("name", name)));
        events.add(event("thread_name", "M").add("args", JsonObject.create().add("name", "steps")));
        run.steps().forEach(step -> events.add(event(step.step())));
        return JsonObject.create().add("displayTimeUnit", "ms").add("traceEvents", events);
    }

    private static JsonObject event(String name, String phase) {
        return JsonObject.create()
                .add("name", name)
                .add("ph", phase)
                .add("pid", 1)
                .add("tid", 1);
    }

    private static JsonObject event(StepTime step) {
        return event(step.operator() + (step.node().isEmpty() ? "" : " " + step.node()), "X")
                .add("cat", step.operator())
                .add("ts", JsonFile.number(step.startNanos() / NANOS_PER_MICRO))
                .add("dur", JsonFile.number(step.nanos() / NANOS_PER_MICRO))
                .add(
                        "args",
                        JsonObject.create()
                                .add("kernel", step.kernel())
                                .add("output", step.output())
                                .add("flop", step.flops())
                                .add("bytes", step.bytes()));
    }
}
