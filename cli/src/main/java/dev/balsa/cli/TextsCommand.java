package dev.balsa.cli;

import dev.balsa.cli.benchmark.Texts;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.report.JsonFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa texts`: how fast texts of changing lengths run.
@Command(
        name = "texts",
        description = "Measures a model with texts whose lengths change from request to request.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa texts bert_base.onnx --lengths 1-512 --requests 500",
            "  balsa texts bert_base.onnx --batch 16 --lengths 10-58 --first 128",
            "",
            "A request is a batch of texts, padded to the longest; the model's inputs are of shape [batch, sequence],",
            "one of them a mask. Afterwards a model runs the same that has been prepared for each shape and computes",
            "padding like tokens; the ratio is the time of all requests as they come over that."
        })
final class TextsCommand implements Callable<Integer> {
    private static final Pattern LENGTHS = Pattern.compile("(\\d{1,6})-(\\d{1,6})");
    private static final int MOST_BATCH = 1 << 16;
    private static final int MOST_REQUESTS = 1 << 24;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Option(
            names = "--lengths",
            paramLabel = "MIN-MAX",
            description = "tokens of a text, each number as likely as the others (default: 1-512)")
    private String lengths = "1-512";

    @Option(
            names = "--first",
            paramLabel = "N",
            description = "tokens of the first text of each request (default: as of the others)")
    private int first;

    @Option(names = "--batch", paramLabel = "N", description = "texts of a request (default: 1)")
    private int batch = 1;

    @Option(names = "--requests", paramLabel = "N", description = "measured requests (default: 500)")
    private int requests = 500;

    @Option(names = "--warm-up", paramLabel = "N", description = "requests before (default: 50)")
    private int warmUp = 50;

    @Option(names = "--seed", paramLabel = "N", description = "seed of lengths and tokens (default: 1)")
    private long seed = 1;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        var range = LENGTHS.matcher(lengths);
        if (!range.matches()) {
            throw wrong("--lengths: expected MIN-MAX, as in 1-512, found \"" + lengths + "\"");
        }
        int least = Integer.parseInt(range.group(1));
        int most = Integer.parseInt(range.group(2));
        if (least < 1 || least > most) {
            throw wrong("--lengths: expected at least 1 token and no maximum below the minimum, found " + lengths);
        }
        if (batch < 1 || batch > MOST_BATCH || requests < 1 || requests > MOST_REQUESTS || warmUp < 0 || first < 0) {
            throw wrong("--batch and --requests must be at least 1, --warm-up and --first at least 0");
        }
        var result = new Texts(
                        path, engine.optionsWithoutUsualPlans(), batch, least, most, first, requests, warmUp, seed)
                .run();
        var out = spec.commandLine().getOut();
        if (json.filter(JsonFile::isStandardOutput).isEmpty()) {
            result.print(out);
        }
        json.ifPresent(file -> JsonFile.write(result.json(), file, out));
        out.flush();
        return ExitCode.OK;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
