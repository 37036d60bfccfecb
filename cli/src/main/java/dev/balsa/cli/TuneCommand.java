package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.PlannedStep;
import dev.balsa.Tuning;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.SizeOptions;
import dev.balsa.cli.report.Table;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa tune`: measures kernels where estimates are too close to choose by.
@Command(
        name = "tune",
        header = "Measures which kernels are the fastest for a model's steps, and keeps the times.",
        description = {
            "Plans models with --tuning measure: where several kernels can do a step in about the same time, as far as",
            "estimates tell, they are measured. Later runs on this processor with as many threads choose by these times."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa tune resnet50.onnx yolov5s.onnx",
            "  balsa tune bert_base.onnx --shape sequence=384 --threads 8",
            "",
            "Nothing else should run meanwhile. Times are kept in the folder that BALSA_CACHE names, or else in balsa below",
            "XDG_CACHE_HOME, or else in ~/.cache/balsa; remove the file to have them measured anew."
        })
final class TuneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "the ONNX files")
    private List<Path> paths = List.of();

    @Mixin
    private SizeOptions sizes = new SizeOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--quiet", description = "print nothing but where the times are kept")
    private boolean quiet;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        for (var path : paths) {
            // Of a plan that was kept nothing would be measured.
            var options = engine.options().withTuning(Tuning.MEASURE).withoutPlanFolder();
            try (var model = Model.load(path, options);
                    var arena = Arena.ofConfined()) {
                var steps = model.plan(sizes.tensors(model.inputs(), arena));
                if (!quiet) {
                    print(path, steps, out);
                }
            }
        }
        out.println(Tuning.file()
                .map(file -> "times are kept in " + file)
                .orElse("times are not kept: set BALSA_CACHE to a folder"));
        out.flush();
        return ExitCode.OK;
    }

    private static void print(Path path, List<PlannedStep> steps, PrintWriter out) {
        out.println(path.getFileName() + ": steps that several kernels can do");
        var table = new Table("operator", "kernel", "why ", "output", "node");
        steps.stream()
                .filter(step -> step.reason().contains("next"))
                .forEach(step -> table.add(step.operator(), step.kernel(), step.reason(), step.shape(), step.node()));
        table.print(out);
    }
}
