package dev.balsa.cli;

import dev.balsa.cli.benchmark.Benchmark;
import dev.balsa.cli.benchmark.PeakMemory;
import dev.balsa.cli.benchmark.RuntimeName;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.InputOptions;
import dev.balsa.cli.report.JsonFile;
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

/// `balsa benchmark`: how fast a model runs.
@Command(
        name = "benchmark",
        description = "Measures a model: latency, throughput, share of the processor's roof, memory, loading.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa benchmark resnet50.onnx --batch 8 --threads 2",
            "  balsa benchmark bert_base.onnx --shape sequence=384 --compare onnxruntime --json bert.json",
            "  balsa benchmark gpt2_small.onnx --shape sequence=1 --shape past_sequence=127",
            "",
            "With --compare the runtimes run in turns on the same inputs with as many threads; the ratio is the",
            "peer's median over Balsa's. The command fails if an element of an output is further from the peer's",
            "than 1e-3 of the element and 1e-3 of the output's largest element together, and, where that is not",
            "enough, than the peer is from itself without its optimisations (quantised models) on top.",
            "The roofs are what multiply-adds in registers reach with the units of the processor, measured when the",
            "command runs. Shares are of that of the unit that level and precision are for: with AMX, tiles of",
            "bfloat16 (bf16), of which --precision fast takes three products for one (bf16x3) and exact six, or of",
            "8-bit integers where most of the model is quantised; otherwise vectors of float32, or dot products.",
            "Memory is the most of the process in RAM, where the system tells it; with --compare, of a process for",
            "each runtime, which loads the model and runs it once."
        })
final class BenchmarkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private InputOptions inputs = new InputOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--seconds", paramLabel = "S", description = "measured time per runtime (default: 5)")
    private double seconds = 5;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "stretch of runs before, repeated until they settle (default: half of --seconds)")
    private Optional<Double> warmUp = Optional.empty();

    @Option(names = "--compare", paramLabel = "RUNTIME", description = "onnxruntime")
    private Optional<Peer> compare = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--alone", hidden = true, description = "load and run once with one runtime, print the peak memory")
    private Optional<RuntimeName> alone = Optional.empty();

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= 3600) || !(warmUp.orElse(0.0) >= 0)) {
            throw new ParameterException(spec.commandLine(), "--seconds must be above 0 and at most 3600");
        }
        if (alone.isPresent()) {
            return printPeakMemory(alone.get());
        }
        var benchmark = new Benchmark(path, engine.options(), seconds, warmUp.orElse(seconds / 2), compare.isPresent());
        // Shared: with several streams, other threads read the inputs.
        try (var arena = Arena.ofShared()) {
            var result = benchmark.run(wanted -> inputs.tensors(wanted, arena));
            var out = spec.commandLine().getOut();
            result.print(out);
            json.ifPresent(file -> JsonFile.write(result.json(), file, out));
            out.flush();
            return result.agrees() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private int printPeakMemory(RuntimeName runtime) {
        try (var arena = Arena.ofShared()) {
            var megabytes = PeakMemory.here(runtime, path, engine.options(), wanted -> inputs.tensors(wanted, arena));
            var out = spec.commandLine().getOut();
            megabytes.ifPresent(out::println);
            out.flush();
            return ExitCode.OK;
        }
    }
}
