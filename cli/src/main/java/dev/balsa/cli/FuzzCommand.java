package dev.balsa.cli;

import dev.balsa.Options;
import dev.balsa.cli.fuzz.Finding;
import dev.balsa.cli.fuzz.FuzzRun;
import dev.balsa.cli.fuzz.ModelMutator;
import dev.balsa.cli.report.Progress;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa fuzz`: damaged models must be refused, not crash.
@Command(
        name = "fuzz",
        header = "Tries damaged copies of models.",
        description = {
            "Loads damaged copies of models: flipped bits, edited bytes, wrong lengths and dimensions, truncation,",
            "parts of other models. Each must load, or be refused with an error that names the place, in a limited",
            "time."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa fuzz onnx-conformance real-models --count 100000",
            "  balsa fuzz model.onnx --run --seconds 60 --seed 7",
            "  balsa fuzz model.onnx --seed 7 --first 1234 --count 1   (one of them again)",
            "",
            "A copy depends on the seed, its number and the given files alone. The last line counts what came of",
            "them."
        })
final class FuzzCommand implements Callable<Integer> {
    /// A copy that asks for more than this is refused as a server would refuse it: with small inputs it asks only
    /// because it is damaged, and to fill gigabytes takes longer than the limit, without a fault.
    private static final long MOST_MEMORY = 256L << 20;

    /// Between two looks at the clock.
    private static final long CHUNK = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "sound models, or folders of them")
    private List<Path> models = List.of();

    @Option(names = "--count", paramLabel = "N", description = "how many copies to try (default: 1000)")
    private long count = 1000;

    @Option(names = "--first", paramLabel = "N", description = "the number of the first one (default: 0)")
    private long first;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the damage (default: 1)")
    private long seed = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "stop after this time (default: when all are tried)")
    private Optional<Double> seconds = Optional.empty();

    @Option(names = "--limit", paramLabel = "S", description = "seconds that one copy may take (default: 5)")
    private double limit = 5;

    @Option(names = "--run", description = "also run those that load, on small inputs and in 256 MiB")
    private boolean run;

    @Override
    public Integer call() throws IOException {
        var mutator = mutator();
        var folder = Files.createTempDirectory("balsa-fuzz");
        var findings = new ArrayList<Finding>();
        var out = spec.commandLine().getOut();
        out.println("seed " + seed + ", " + mutator.models() + " models");
        try (var progress = Progress.of("copies", count)) {
            var fuzz = new FuzzRun(
                    mutator,
                    Options.defaults().withThreads(1).withMemoryLimit(MOST_MEMORY),
                    Duration.ofMillis((long) (1000 * limit)),
                    run,
                    folder);
            long end = System.nanoTime() + (long) (1e9 * seconds.orElse(1e9));
            for (long done = 0; done < count && System.nanoTime() < end; done += CHUNK) {
                fuzz.run(first + done, first + Math.min(count, done + CHUNK), finding -> {
                    findings.add(finding);
                    out.println(finding);
                });
                progress.done(Math.min(count, done + CHUNK));
            }
            out.println(summary(fuzz, findings.size()));
        } finally {
            delete(folder);
        }
        out.flush();
        return findings.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private ModelMutator mutator() {
        if (count < 1 || first < 0 || !(limit > 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--count must be at least 1, --first at least 0, --limit above 0");
        }
        for (var model : models) {
            if (!Files.exists(model)) {
                throw new ResourceException(
                        "file " + model + ": does not exist; expected a model or a folder of models,"
                                + " found nothing; check the path");
            }
        }
        var mutator = new ModelMutator(models, seed);
        if (mutator.models() == 0) {
            throw new ResourceException(
                    "no models in " + models + "; expected .onnx files of at most 64 MiB, found none");
        }
        return mutator;
    }

    private static String summary(FuzzRun fuzz, int failures) {
        var counts = fuzz.counts();
        long tried = counts.values().stream().mapToLong(Long::longValue).sum();
        return tried + " tried, " + failures + " failures: "
                + counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " "
                                + entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .collect(Collectors.joining(", "));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
