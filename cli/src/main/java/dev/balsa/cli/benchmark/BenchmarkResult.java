package dev.balsa.cli.benchmark;

import dev.balsa.Options;
import dev.balsa.Roof;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// What a benchmark found.
///
/// @param shapes of the inputs, by name
/// @param batch items per run
/// @param flops floating-point operations per run, those of steps that are planned before the run
/// @param peak what the processor reaches at best with as many threads
/// @param roof what shares are of
/// @param peer the other runtime, if there was one
public record BenchmarkResult(
        Path model,
        Options options,
        Map<String, String> shapes,
        long batch,
        double flops,
        PeakRates peak,
        Roof roof,
        Measured ours,
        Optional<Peer> peer) {
    /// One runtime's figures.
    ///
    /// @param startMillis what the process did once, before it loaded the model
    /// @param loadMillis from the model's file to a model that is ready
    /// @param isKept whether the plan was one that an earlier process had kept
    /// @param megabytes the most memory in RAM of a process: where runtimes are compared, of one that loads the
    ///     model with this runtime and runs it once, or else of this one
    public record Measured(
            String name,
            Latencies latencies,
            double startMillis,
            double loadMillis,
            boolean isKept,
            double firstRunMillis,
            OptionalDouble megabytes) {}

    /// The other runtime.
    ///
    /// @param agreements how far its outputs are from Balsa's
    public record Peer(Measured measured, String version, List<Agreement> agreements) {
        /// Copies the list.
        public Peer {
            agreements = List.copyOf(agreements);
        }
    }

    /// Copies the map.
    public BenchmarkResult {
        shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
    }

    /// Whether all outputs agree with the peer's; true if there is none.
    public boolean agrees() {
        return peer.stream().flatMap(one -> one.agreements().stream()).allMatch(Agreement::within);
    }

    private double ratio(Peer other) {
        return other.measured().latencies().median() / ours.latencies().median();
    }

    private double gflops(Measured measured) {
        return flops / measured.latencies().median() * options.streams();
    }

    private double roofShare(Measured measured) {
        return gflops(measured) * 1e9 / roof.flops(peak);
    }

    private static String isa(Options options) {
        return options.isa().orElseGet(Isa::best).label();
    }

    /// Prints the figures.
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: inputs %s; %d threads, %d streams, precision %s, isa %s%n",
                model.getFileName(),
                shapes,
                options.threads(),
                options.streams(),
                options.precision().name().toLowerCase(Locale.ROOT),
                isa(options));
        out.printf(
                Locale.ROOT,
                "%.3f GFLOP per run; measured roofs: %s GFLOP/s, reads of main memory %.1f GB/s%n",
                flops / 1e9,
                peak.operations().entrySet().stream()
                        .map(rate -> String.format(
                                Locale.ROOT, "%s %.1f", rate.getKey().label(), rate.getValue() / 1e9))
                        .collect(Collectors.joining(", ")),
                peak.bytes() / 1e9);
        print(out, ours);
        peer.ifPresent(one -> print(out, one));
    }

    private void print(PrintWriter out, Measured measured) {
        var latencies = measured.latencies();
        out.printf(
                Locale.ROOT,
                "%-12s median %.3f ms, p90 %.3f, p99 %.3f (%d runs); %.2f items/s; %.1f GFLOP/s, %.1f %% of the roof of"
                        + " %s; start %.0f ms, load %.0f ms%s, first run %.0f ms%s%n",
                measured.name(),
                latencies.median() / 1e6,
                latencies.p90() / 1e6,
                latencies.p99() / 1e6,
                latencies.runs(),
                latencies.perSecond() * batch,
                gflops(measured),
                100 * roofShare(measured),
                roof.label(),
                measured.startMillis(),
                measured.loadMillis(),
                measured.isKept() ? " (kept plan)" : "",
                measured.firstRunMillis(),
                measured.megabytes().isPresent()
                        ? String.format(
                                Locale.ROOT, ", %.0f MB", measured.megabytes().getAsDouble())
                        : ", memory unknown on this system");
    }

    private void print(PrintWriter out, Peer other) {
        print(out, other.measured());
        out.printf(
                Locale.ROOT,
                "ratio %.3f (%s median over Balsa's)%n",
                ratio(other),
                other.measured().name());
        for (var agreement : other.agreements()) {
            out.printf(
                    Locale.ROOT,
                    "output %s: largest difference %.3g, largest value %.3g%s%s%n",
                    agreement.output(),
                    agreement.difference(),
                    agreement.largest(),
                    agreement.noise() > 0
                            ? String.format(
                                    Locale.ROOT,
                                    ", distance %.3g (peer from itself unoptimised %.3g)",
                                    agreement.distance(),
                                    agreement.noise())
                            : "",
                    agreement.within() ? "" : ": TOO FAR");
        }
    }

    /// The figures as JSON.
    public JsonObject json() {
        var inputs = JsonObject.create();
        shapes.forEach(inputs::add);
        var roofs = JsonObject.create();
        peak.operations().forEach((unit, rate) -> roofs.add(unit.label(), JsonFile.number(rate / 1e9)));
        var object = JsonObject.create()
                .add("model", model.toString())
                .add("batch", batch)
                .add("shapes", inputs)
                .add("threads", options.threads())
                .add("streams", options.streams())
                .add("precision", options.precision().name().toLowerCase(Locale.ROOT))
                .add("isa", isa(options))
                .add("gflop_per_run", JsonFile.number(flops / 1e9))
                .add("roof", roof.label())
                .add("roof_gflops", JsonFile.number(roof.flops(peak) / 1e9))
                .add("roofs_gflops", roofs)
                .add("roof_gb_per_s", JsonFile.number(peak.bytes() / 1e9));
        add(object, ours);
        var peers = JsonObject.create();
        peer.ifPresent(one -> peers.add(one.measured().name(), json(one)));
        return object.add("peers", peers);
    }

    private void add(JsonObject object, Measured measured) {
        var latencies = measured.latencies();
        object.add(
                        "latency_ms",
                        JsonObject.create()
                                .add("median", JsonFile.number(latencies.median() / 1e6))
                                .add("p90", JsonFile.number(latencies.p90() / 1e6))
                                .add("p99", JsonFile.number(latencies.p99() / 1e6)))
                .add("runs", latencies.runs())
                .add("items_per_second", JsonFile.number(latencies.perSecond() * batch))
                .add("gflops", JsonFile.number(gflops(measured)))
                .add("roof_share", JsonFile.number(roofShare(measured)))
                .add("start_ms", JsonFile.number(measured.startMillis()))
                .add("load_ms", JsonFile.number(measured.loadMillis()))
                .add("kept_plan", measured.isKept())
                .add("first_run_ms", JsonFile.number(measured.firstRunMillis()));
        measured.megabytes().ifPresent(value -> object.add("peak_rss_mb", JsonFile.number(value)));
    }

    private JsonObject json(Peer other) {
        var object = JsonObject.create().add("version", other.version());
        add(object, other.measured());
        var outputs = JsonArray.create();
        for (var agreement : other.agreements()) {
            outputs.add(JsonObject.create()
                    .add("name", agreement.output())
                    .add("largest_difference", JsonFile.number(agreement.difference()))
                    .add("distance", JsonFile.number(agreement.distance()))
                    .add("largest_value", JsonFile.number(agreement.largest()))
                    .add("peer_noise", JsonFile.number(agreement.noise()))
                    .add("within", agreement.within()));
        }
        return object.add("ratio", JsonFile.number(ratio(other))).add("outputs", outputs);
    }
}
