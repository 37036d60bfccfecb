package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.SizeOptions;
import dev.balsa.cli.inspect.ModelReport;
import dev.balsa.cli.inspect.PlanReport;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.error.BalsaException;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.io.Writer;
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
            "Floating-point operations are counted for the shapes given or assumed, a multiply-add as two; those of",
            "steps whose shapes only a run tells are not among them. Zeros of quantised weights are elements equal",
            "to the zero point."
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
        var out = spec.commandLine().getOut();
        var text = json.filter(JsonFile::isStandardOutput).isPresent() ? new PrintWriter(Writer.nullWriter()) : out;
        try (var model = Model.load(path, engine.options())) {
            var report = ModelReport.of(path.toString(), model);
            report.print(text);
            var document = report.json();
            inspectPlan(model, text, document);
            json.ifPresent(file -> JsonFile.write(document, file, out));
            out.flush();
            return ExitCode.OK;
        }
    }

    private void inspectPlan(Model model, PrintWriter text, JsonObject document) {
        try (var arena = Arena.ofConfined()) {
            var inputs = sizes.tensors(model.inputs(), arena);
            var report = PlanReport.of(engine.options(), inputs, model.plan(inputs));
            report.printWork(text);
            if (plan) {
                report.printSteps(text);
            }
            report.addTo(document, plan);
        } catch (BalsaException e) {
            // Assumed lengths need not fit the model; that is no reason to tell nothing of it.
            if (plan) {
                throw e;
            }
            text.println("work: not known for the lengths assumed, give others with --shape: " + e.getMessage());
        }
    }
}
