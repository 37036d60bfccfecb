package dev.balsa.cli.input;

import dev.balsa.Options;
import dev.balsa.Tuning;
import dev.balsa.cpu.Isa;
import dev.balsa.tensor.Precision;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options that say how the engine runs a model.
public final class EngineOptions {
    private static final String NO_PLANS = "off";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "worker threads (default: one per physical core, within the quota of processor time)")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--streams", paramLabel = "N", description = "runs at once, which share the threads (default: 1)")
    private Optional<Integer> streams = Optional.empty();

    @Option(names = "--precision", paramLabel = "P", description = "exact, fast or bf16 (default: fast)")
    private Optional<Precision> precision = Optional.empty();

    @Option(
            names = "--isa",
            paramLabel = "L",
            description = "portable, avx2, avx512, avx512-vnni or amx (default: the best there is)")
    private Optional<Isa> isa = Optional.empty();

    @Option(
            names = "--dump-code",
            paramLabel = "DIR",
            description = "write machine code to DIR, a file per routine, with an index; and a map for Linux's perf")
    private Optional<Path> codeFolder = Optional.empty();

    @Option(names = "--pin", description = "keep each worker thread on a processor of its own (Linux)")
    private boolean pin;

    @Option(
            names = "--padding",
            description =
                    "compute padding of texts like tokens (default: leave it out where a mask shows it, and give 0)")
    private boolean padding;

    @Option(
            names = "--tuning",
            paramLabel = "T",
            description =
                    "choose kernels by estimates alone (off), by times measured before (cached), or measure times "
                            + "that are missing and keep them (measure) (default: cached)")
    private Optional<Tuning> tuning = Optional.empty();

    @Option(
            names = "--plans",
            paramLabel = "DIR|off",
            description =
                    "keep what loading made in DIR for later starts (default: plans in the cache folder; off: neither "
                            + "use nor keep any, as with --dump-code and --tuning measure)")
    private Optional<String> plans = Optional.empty();

    /// The engine's options.
    public Options options() {
        var options = optionsWithoutUsualPlans();
        return plans.isEmpty() && !isMadeAfresh()
                ? Options.usualPlanFolder().map(options::withPlanFolder).orElse(options)
                : options;
    }

    /// The engine's options, with a folder for plans only if one was given, for commands of which nothing is to be
    /// kept.
    public Options optionsWithoutUsualPlans() {
        var options = Options.defaults().withPinning(pin).withPadding(padding);
        if (threads.orElse(1) < 1 || streams.orElse(1) < 1) {
            throw new ParameterException(spec.commandLine(), "--threads and --streams must be at least 1");
        }
        options = threads.map(options::withThreads).orElse(options);
        options = streams.map(options::withStreams).orElse(options);
        options = precision.map(options::withPrecision).orElse(options);
        options = isa.map(options::withIsa).orElse(options);
        options = tuning.map(options::withTuning).orElse(options);
        options = codeFolder.map(options::withCodeFolder).orElse(options);
        return plans.filter(folder -> !folder.equals(NO_PLANS) && !isMadeAfresh())
                .map(this::folder)
                .map(options::withPlanFolder)
                .orElse(options);
    }

    /// Code cannot be written to files, nor kernels be measured, if all is there already.
    private boolean isMadeAfresh() {
        return codeFolder.isPresent() || tuning.equals(Optional.of(Tuning.MEASURE));
    }

    private Path folder(String text) {
        try {
            if (!text.isBlank()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // Told below, like no text.
        }
        throw new ParameterException(
                spec.commandLine(), "--plans: expected a folder or " + NO_PLANS + ", found \"" + text + "\"");
    }
}
