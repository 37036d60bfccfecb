package dev.balsa.cli;

import dev.balsa.Skeletons;
import dev.balsa.cli.report.Progress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa fill`: gives a model without weights random ones.
@Command(
        name = "fill",
        header = "Gives a model without weights random ones.",
        description = {
            "Fills a skeleton, a model without its weights, with the seeded random weights that it describes, and",
            "prints their SHA-256. The bits are the same on every machine."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa fill skeletons/resnet50.onnx -o resnet50.onnx",
            "  balsa fill skeletons/resnet50.onnx --no-write --check f427c1a80fcb...",
            "",
            "A model that would pass 2 GB gets its weights in a second file, named like the first with .data added."
        })
final class FillCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SKELETON", description = "the model without weights")
    private Path skeleton = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "MODEL",
            description = "the model to write")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--no-write", description = "only compute the hash")
    private boolean noWrite;

    @Option(names = "--check", paramLabel = "SHA256", description = "fail if the hash is another one")
    private Optional<String> check = Optional.empty();

    @Override
    public Integer call() {
        if (output.isPresent() == noWrite) {
            throw new ParameterException(spec.commandLine(), "expected either -o MODEL or --no-write");
        }
        var out = spec.commandLine().getOut();
        var filled = fill();
        out.printf(
                Locale.ROOT,
                "%d tensors, %d elements, %d bytes%nSHA-256 %s%n",
                filled.tensors(),
                filled.elements(),
                filled.bytes(),
                filled.sha256());
        filled.externalData().ifPresent(file -> out.println("weights in " + file));
        out.flush();
        if (check.isPresent() && !check.get().equalsIgnoreCase(filled.sha256())) {
            spec.commandLine()
                    .getErr()
                    .println("balsa fill: the hash differs; expected " + check.get() + ", found " + filled.sha256());
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }

    private Skeletons.Filled fill() {
        try (var progress = Progress.of("bytes", 0)) {
            Skeletons.Progress told = progress::done;
            return output.map(file -> Skeletons.fill(skeleton, file, told))
                    .orElseGet(() -> Skeletons.digest(skeleton, told));
        }
    }
}
