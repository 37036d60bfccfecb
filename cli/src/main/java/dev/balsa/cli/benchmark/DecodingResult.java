package dev.balsa.cli.benchmark;

import dev.balsa.cli.report.JsonFile;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// How long a decoder took.
///
/// @param first when its programs were not planned yet
/// @param second when they were
/// @param isInPlace whether the past stays where it is
/// @param length tokens at the end
/// @param megabytes the most memory of the process, where the system tells
public record DecodingResult(
        Decoding decoding, Times first, Times second, boolean isInPlace, long length, OptionalDouble megabytes) {
    private static final double NANOS_PER_MS = 1e6;
    private static final double NANOS_PER_S = 1e9;

    /// Nanoseconds.
    ///
    /// @param prompt of the prompt
    /// @param tokens of each token after it
    public record Times(long prompt, List<Long> tokens) {
        /// Copies the list.
        public Times {
            tokens = List.copyOf(tokens);
        }

        long total() {
            return tokens.stream().mapToLong(Long::longValue).sum();
        }

        double perSecond() {
            return tokens.size() * NANOS_PER_S / total();
        }
    }

    /// Prints it for people.
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "a prompt of %d tokens, then %d tokens one by one; the past %s%n",
                decoding.prompt(),
                decoding.tokens(),
                isInPlace ? "stays in place" : "is copied from run to run");
        print(out, "with planning", first);
        print(out, "planned", second);
        megabytes.ifPresent(most -> out.printf(Locale.ROOT, "memory %.0f MB%n", most));
    }

    private static void print(PrintWriter out, String what, Times times) {
        var latencies = Latencies.of(times.tokens, times.total());
        out.printf(
                Locale.ROOT,
                "%-14s prompt %.2f ms; %.1f tokens/s; a token: median %.3f ms, p90 %.3f, p99 %.3f%n",
                what,
                times.prompt / NANOS_PER_MS,
                times.perSecond(),
                latencies.median() / NANOS_PER_MS,
                latencies.p90() / NANOS_PER_MS,
                latencies.p99() / NANOS_PER_MS);
    }

    /// The same for programs.
    public JsonObject json() {
        var document = JsonObject.create()
                .add("model", decoding.path().toString())
                .add("prompt", decoding.prompt())
                .add("tokens", decoding.tokens())
                .add("in_place", isInPlace)
                .add("length", length)
                .add("first", json(first))
                .add("planned", json(second));
        megabytes.ifPresent(most -> document.add("peak_rss_mb", JsonFile.number(most)));
        return document;
    }

    private static JsonObject json(Times times) {
        return JsonObject.create()
                .add("prompt_ms", JsonFile.number(times.prompt / NANOS_PER_MS))
                .add("tokens_per_s", JsonFile.number(times.perSecond()))
                .add(
                        "median_ms",
                        JsonFile.number(
                                Latencies.of(times.tokens, times.total()).median() / NANOS_PER_MS));
    }
}
