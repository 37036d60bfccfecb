package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.cli.accuracy.Accuracy;
import dev.balsa.cli.accuracy.AccuracyReport;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.InputOptions;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.tensor.Precision;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa accuracy`: how far results are from double precision.
@Command(
        name = "accuracy",
        header = "Tells how far a model's results are from double precision.",
        description = {
            "Runs a model, and evaluates it by the plain definitions of its operators on float64 wherever it has",
            "float32, which takes minutes for large models. Shows for each output the root mean square and the largest",
            "of the differences, and the largest magnitude of an element."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa accuracy resnet50.onnx --precision exact --compare onnxruntime",
            "  balsa accuracy model.onnx --layers --top 10 --limit 2e-5",
            "  balsa accuracy model.onnx --data-set test_data_set_0",
            "",
            "With --layers, every step is evaluated on the operands that it has in the run, so that errors of earlier",
            "steps do not count; its share is the largest difference by the largest magnitude. The command fails if a",
            "share is above --limit, or if with --compare and --precision exact the root mean square of an output is",
            "larger than the other runtime's. Models that round by themselves, as quantised ones do, differ by steps of",
            "their rounding from any other evaluation."
        })
final class AccuracyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private InputOptions inputs = new InputOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--compare", paramLabel = "RUNTIME", description = "onnxruntime")
    private Optional<Peer> compare = Optional.empty();

    @Option(names = "--layers", description = "show every step, the least exact first")
    private boolean layers;

    @Option(names = "--top", paramLabel = "N", description = "only the N least exact steps")
    private Optional<Integer> top = Optional.empty();

    @Option(names = "--limit", paramLabel = "X", description = "the largest share that a step may be off")
    private double limit = Double.POSITIVE_INFINITY;

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        if (top.orElse(0) < 0 || !(limit >= 0)) {
            throw new ParameterException(spec.commandLine(), "--top and --limit must be at least 0");
        }
        var options = engine.options().withPadding(true);
        try (var model = Model.load(path, options);
                var arena = Arena.ofConfined()) {
            var tensors = inputs.tensors(model.inputs(), arena);
            var accuracy = Accuracy.of(path, model, options, tensors, compare.isPresent(), layers);
            var report = new AccuracyReport(accuracy);
            var out = spec.commandLine().getOut();
            if (json.filter(JsonFile::isStandardOutput).isEmpty()) {
                report.print(out, top);
            }
            json.ifPresent(file -> JsonFile.write(report.json().add("model", path.toString()), file, out));
            out.flush();
            boolean asExact = options.precision() != Precision.EXACT || accuracy.isAsExactAsPeer();
            return asExact && accuracy.isWithin(limit) ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
