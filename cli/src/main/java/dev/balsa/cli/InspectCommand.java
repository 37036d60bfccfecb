package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.SizeOptions;
import dev.balsa.cli.report.Inspection;
import dev.balsa.cli.report.JsonFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa inspect`: what a model consists of, and how it would run.
@Command(
        name = "inspect",
        description = "Shows a model's inputs, outputs, operators, parameters, operations and sparsity.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa inspect model.onnx",
            "  balsa inspect model.onnx --plan --shape image=8x3x224x224",
            "",
            "Floating-point operations are counted for the shapes given or assumed, a multiply-add as two; those of steps",
            "whose shapes only a run tells are not among them. Zeros of quantised weights are elements equal to the zero",
            "point."
        })
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private SizeOptions sizes = new SizeOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--plan", description = "show the kernel, shapes and operations of every step")
    private boolean plan;

    @Option(names = "--json", paramLabel = "FILE", description = "write everything as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        var options = engine.options();
        try (var model = Model.load(path, options);
                var arena = Arena.ofConfined()) {
            var inspection = Inspection.of(path, model, options, sizes.tensors(model.inputs(), arena));
            var out = spec.commandLine().getOut();
            inspection.print(out);
            if (plan) {
                inspection.printPlan(out);
            }
            json.ifPresent(file -> JsonFile.write(inspection.json(), file, out));
            out.flush();
            return ExitCode.OK;
        }
    }
}
