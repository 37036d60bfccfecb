package dev.balsa.cli;

import dev.balsa.cli.conformance.CaseFolder;
import dev.balsa.cli.conformance.CaseRun;
import dev.balsa.cli.conformance.ConformanceReport;
import dev.balsa.cli.conformance.KnownDeviations;
import dev.balsa.cli.conformance.Tolerance;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.Progress;
import dev.balsa.error.ResourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa conformance`: runs test cases.
@Command(
        name = "conformance",
        header = "Runs test cases in the form of the ONNX backend tests.",
        description = {
            "Runs every case in and below the folders: a folder with model.onnx and test_data_set_N/input_i.pb and",
            "output_i.pb, as in the ONNX backend tests. The last line reads 'N passed, N failed, N skipped'."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa conformance onnx-conformance",
            "  balsa conformance onnx-conformance --filter test_conv --list-failures",
            "  balsa conformance real-models --precision exact --json results.json",
            "",
            "Tolerances: onnx is that of the ONNX test runner, rtol 1e-3 and atol 1e-7 per element; network adds",
            "1e-3 of the output's largest element, and takes the reference in noopt/ where there is one; auto is",
            "network for folders with a meta.json, onnx for others.",
            "A case is skipped if it is a known deviation, of which --list-failures tells the reason, or has no",
            "data. What Balsa does not support is a failure. Plans are kept only if --plans names a folder."
        })
final class ConformanceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "folders of cases")
    private List<Path> roots = List.of();

    @Option(names = "--filter", paramLabel = "TEXT", description = "only cases whose path below DIR contains TEXT")
    private String filter = "";

    @Option(names = "--list-failures", description = "print a line for every case that failed or was skipped")
    private boolean listFailures;

    @Option(names = "--tolerance", paramLabel = "T", description = "onnx, network or auto (default: auto)")
    private Tolerance tolerance = Tolerance.AUTO;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var deviations = KnownDeviations.read();
        // Thousands of small models, each loaded once, would drive out what is loaded again.
        // Expected outputs have what padding gives, too.
        var options = engine.optionsWithoutUsualPlans().withPadding(true);
        var report = new ConformanceReport();
        var cases = roots.stream().flatMap(root -> cases(root).stream()).toList();
        try (var progress = Progress.of("cases", cases.size())) {
            for (var folder : cases) {
                var verdict = deviations
                        .reason(folder.name())
                        .<CaseRun.Verdict>map(CaseRun.Verdict.Skipped::new)
                        .orElseGet(() -> CaseRun.run(folder, options, tolerance.closeness(folder)));
                report.add(folder, verdict);
                progress.done(report.size());
            }
        }
        if (listFailures) {
            report.complaints().forEach(out::println);
        }
        json.ifPresent(file -> JsonFile.write(report.json(), file, out));
        out.println(report.summary());
        out.flush();
        return report.failed() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private List<CaseFolder> cases(Path root) {
        if (!Files.isDirectory(root)) {
            throw new ResourceException(
                    "folder " + root + ": does not exist; expected a folder of cases, found nothing; check the path");
        }
        return CaseFolder.below(root).stream()
                .filter(folder -> root.relativize(folder.folder()).toString().contains(filter))
                .toList();
    }
}
