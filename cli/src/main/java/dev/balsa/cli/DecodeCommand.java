package dev.balsa.cli;

import dev.balsa.cli.benchmark.Decoding;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.report.JsonFile;
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

/// `balsa decode`: how fast a decoder goes on token by token.
@Command(
        name = "decode",
        description = "Measures a decoder: a prompt, then token by token, with the past kept in a session.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa decode gpt2_small.onnx --prompt 512 --tokens 128",
            "",
            "Tokens are random. A model is a decoder if it has inputs that it concatenates with new entries and gives out,",
            "as keys and values of the past; its other inputs are tokens, positions and a mask."
        })
final class DecodeCommand implements Callable<Integer> {
    private static final int MOST_TOKENS = 1 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Option(names = "--prompt", paramLabel = "N", description = "tokens of the prompt (default: 128)")
    private int prompt = 128;

    @Option(names = "--tokens", paramLabel = "N", description = "tokens after it, one by one (default: 128)")
    private int tokens = 128;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the tokens (default: 1)")
    private long seed = 1;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        if (prompt < 1 || prompt > MOST_TOKENS || tokens < 1 || tokens > MOST_TOKENS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--prompt and --tokens: expected 1 to " + MOST_TOKENS + ", found " + prompt + " and " + tokens);
        }
        var result = new Decoding(path, engine.optionsWithoutUsualPlans(), prompt, tokens, seed).run();
        var out = spec.commandLine().getOut();
        if (json.filter(JsonFile::isStandardOutput).isEmpty()) {
            result.print(out);
        }
        json.ifPresent(file -> JsonFile.write(result.json(), file, out));
        out.flush();
        return ExitCode.OK;
    }
}
