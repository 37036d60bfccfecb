package dev.balsa.cli.conformance;

import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The verdicts of a number of cases.
public final class ConformanceReport {
    private record Entry(CaseFolder folder, CaseRun.Verdict verdict) {}

    private final List<Entry> entries = new ArrayList<>();

    /// Adds a case.
    public void add(CaseFolder folder, CaseRun.Verdict verdict) {
        entries.add(new Entry(folder, verdict));
    }

    /// The number of cases.
    public int size() {
        return entries.size();
    }

    /// The number of cases that failed.
    public long failed() {
        return count(CaseRun.Verdict.Failed.class);
    }

    private long count(Class<? extends CaseRun.Verdict> kind) {
        return entries.stream().filter(entry -> kind.isInstance(entry.verdict)).count();
    }

    /// The form `12 passed, 0 failed, 1 skipped`.
    public String summary() {
        return count(CaseRun.Verdict.Passed.class) + " passed, " + failed() + " failed, "
                + count(CaseRun.Verdict.Skipped.class) + " skipped";
    }

    /// A line for every case that did not pass.
    public List<String> complaints() {
        return entries.stream()
                .flatMap(entry -> switch (entry.verdict) {
                    case CaseRun.Verdict.Passed _ -> Stream.<String>empty();
                    case CaseRun.Verdict.Failed(var reason) ->
                        Stream.of("failed " + entry.folder.name() + ": " + reason);
                    case CaseRun.Verdict.Skipped(var reason) ->
                        Stream.of("skipped " + entry.folder.name() + ": " + reason);
                })
                .toList();
    }

    /// All verdicts as JSON.
    public JsonObject json() {
        var cases = JsonArray.create();
        for (var entry : entries) {
            var one = JsonObject.create().add("case", entry.folder.folder().toString());
            cases.add(
                    switch (entry.verdict) {
                        case CaseRun.Verdict.Passed _ -> one.add("verdict", "passed");
                        case CaseRun.Verdict.Failed(var reason) ->
                            one.add("verdict", "failed").add("reason", reason);
                        case CaseRun.Verdict.Skipped(var reason) ->
                            one.add("verdict", "skipped").add("reason", reason);
                    });
        }
        return JsonObject.create()
                .add("passed", count(CaseRun.Verdict.Passed.class))
                .add("failed", failed())
                .add("skipped", count(CaseRun.Verdict.Skipped.class))
                .add("cases", cases);
    }
}
