package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.InputOptions;
import dev.balsa.cli.profile.ChromeTrace;
import dev.balsa.cli.profile.Pictures;
import dev.balsa.cli.profile.ProfileReport;
import dev.balsa.cli.profile.ProfiledRun;
import dev.balsa.cli.profile.RunSetting;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa profile`: where the time of a run goes.
@Command(
        name = "profile",
        description = "Shows the time of every step of a run, with its share, operations and bytes per second.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa profile model.onnx --top 20",
            "  balsa profile model.onnx --trace trace.json   (open it in chrome://tracing or ui.perfetto.dev)",
            "  balsa profile model.onnx --roofline roofline.png --timeline timeline.png",
            "",
            "Of the runs, the one of median time is shown. Steps inside of loops, branches and later stages are",
            "indented; their time is not part of that of the step around them. The roof of a step is what",
            "multiply-adds in registers reach on as many threads with the unit that its kernel is for: vectors of",
            "float32 (f32), tiles of bfloat16, a third or a sixth of them where three or six products stand for one",
            "(bf16, bf16x3, bf16x6), dot products or tiles of 8-bit integers (x8x8s32). The share of the run is what",
            "its operations would take at their roofs. The roof of memory is what reading it reaches. Roofs are",
            "measured when the command runs. Steps whose operands lie in the processor's caches may pass the roof of",
            "memory, and convolutions by Winograd's algorithm that of vectors."
        })
final class ProfileCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private InputOptions inputs = new InputOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--runs", paramLabel = "N", description = "measured runs (default: 10)")
    private int runs = 10;

    @Option(names = "--warm-up", paramLabel = "S", description = "seconds of runs before those (default: 2)")
    private double warmUp = 2;

    @Option(names = "--top", paramLabel = "N", description = "only the N steps that take longest, longest first")
    private Optional<Integer> top = Optional.empty();

    @Option(names = "--trace", paramLabel = "FILE", description = "write the run as a Chrome trace")
    private Optional<Path> trace = Optional.empty();

    @Option(
            names = "--roofline",
            paramLabel = "FILE",
            description = "draw the steps below the roofs of arithmetic and memory, as PNG")
    private Optional<Path> roofline = Optional.empty();

    @Option(names = "--timeline", paramLabel = "FILE", description = "draw the steps along time, as PNG")
    private Optional<Path> timeline = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "write the table as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        if (runs < 1 || !(warmUp >= 0) || top.orElse(0) < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--runs must be at least 1, --warm-up and --top at least 0");
        }
        var options = engine.options();
        var profiles = new ArrayList<ProfiledRun>();
        try (var model = Model.load(path, options);
                var arena = Arena.ofConfined()) {
            var tensors = inputs.tensors(model.inputs(), arena);
            long end = System.nanoTime() + (long) (1e9 * warmUp);
            do {
                model.run(tensors).close();
            } while (System.nanoTime() < end);
            for (int i = 0; i < runs; i++) {
                profiles.add(ProfiledRun.of(model.profile(tensors)));
            }
        }
        profiles.sort(Comparator.comparingLong(ProfiledRun::nanos));
        var median = profiles.get(runs / 2);
        int threads = Math.max(1, options.threads() / options.streams());
        var peak = PeakRates.measure(threads, median.units());
        var report = new ProfileReport(median, peak);
        var out = spec.commandLine().getOut();
        if (json.filter(JsonFile::isStandardOutput).isEmpty()) {
            report.print(out, top);
        }
        trace.ifPresent(file -> JsonFile.write(ChromeTrace.of(path.toString(), median), file, out));
        var isa = options.isa().orElseGet(Isa::best).label();
        var pictures = new Pictures(median, new RunSetting(path, threads, isa));
        roofline.ifPresent(file -> pictures.writeRoofline(peak, file));
        timeline.ifPresent(pictures::writeTimeline);
        json.ifPresent(file -> JsonFile.write(report.json().add("model", path.toString()), file, out));
        out.flush();
        return ExitCode.OK;
    }
}
