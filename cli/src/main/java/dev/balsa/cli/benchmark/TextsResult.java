package dev.balsa.cli.benchmark;

import dev.balsa.cli.report.JsonFile;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// How long requests of texts took.
///
/// @param coming nanoseconds of each request as it came
/// @param prepared nanoseconds of its shape, prepared and with all places computed
/// @param isNew whether its length had not come before
/// @param tokens of all requests
/// @param places of all requests, padding included
/// @param megabytes the most memory of the process while requests came, where the system tells
public record TextsResult(
        Texts texts,
        List<Long> coming,
        List<Long> prepared,
        List<Boolean> isNew,
        long tokens,
        long places,
        OptionalDouble megabytes) {
    private static final double NANOS_PER_MS = 1e6;

    /// Copies the lists.
    public TextsResult {
        coming = List.copyOf(coming);
        prepared = List.copyOf(prepared);
        isNew = List.copyOf(isNew);
    }

    private static long total(List<Long> nanos) {
        return nanos.stream().mapToLong(Long::longValue).sum();
    }

    /// The time of all requests over that of their shapes.
    public double ratio() {
        return (double) total(coming) / total(prepared);
    }

    private double more(boolean ofNew) {
        var more = new ArrayList<Long>();
        for (int i = 0; i < coming.size(); i++) {
            if (isNew.get(i) == ofNew) {
                more.add(coming.get(i) - prepared.get(i));
            }
        }
        return more.isEmpty() ? 0 : Latencies.of(more, 1).median() / NANOS_PER_MS;
    }

    private long news() {
        return isNew.stream().filter(is -> is).count();
    }

    /// Prints it for people.
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%d requests of %d texts of %d to %d tokens%s: %d tokens of %d places%n",
                coming.size(),
                texts.batch(),
                texts.least(),
                texts.most(),
                texts.first() > 0 ? ", the first of " + texts.first() : "",
                tokens,
                places);
        print(out, "as they come", coming);
        print(out, "prepared, all places computed", prepared);
        out.printf(Locale.ROOT, "ratio %.3f (as they come over prepared)%n", ratio());
        out.printf(
                Locale.ROOT,
                "%d lengths were new: a request took %.2f ms more than prepared there, %.2f ms elsewhere (medians)%n",
                news(),
                more(true),
                more(false));
        megabytes.ifPresent(most -> out.printf(Locale.ROOT, "memory %.0f MB%n", most));
    }

    private static void print(PrintWriter out, String what, List<Long> nanos) {
        var latencies = Latencies.of(nanos, total(nanos));
        out.printf(
                Locale.ROOT,
                "%-30s %.2f s; median %.3f ms, p90 %.3f, p99 %.3f%n",
                what,
                total(nanos) / 1e9,
                latencies.median() / NANOS_PER_MS,
                latencies.p90() / NANOS_PER_MS,
                latencies.p99() / NANOS_PER_MS);
    }

    /// The same for programs.
    public JsonObject json() {
        var document = JsonObject.create()
                .add("model", texts.path().toString())
                .add("batch", texts.batch())
                .add("requests", coming.size())
                .add("tokens", tokens)
                .add("places", places)
                .add("new_lengths", news());
        document.add("total_ms", JsonFile.number(total(coming) / NANOS_PER_MS));
        document.add("prepared_ms", JsonFile.number(total(prepared) / NANOS_PER_MS));
        document.add("ratio", JsonFile.number(ratio()));
        document.add("new_length_ms", JsonFile.number(more(true)));
        megabytes.ifPresent(most -> document.add("peak_rss_mb", JsonFile.number(most)));
        return document;
    }
}
