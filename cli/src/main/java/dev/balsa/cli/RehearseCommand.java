package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.Rehearsal;
import dev.balsa.cli.benchmark.Benchmark;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.InputOptions;
import dev.balsa.tensor.Shape;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `balsa rehearse`: what the launcher has the JVM record for later starts, the classes and which methods are hot.
///
/// Networks of all kinds are loaded ([Rehearsal]), and a model file by way of the options for inputs and of the
/// benchmark. They are loaded again and again, so that what loading needs counts as hot, and run a few times only:
/// how methods that run models are best compiled shows when they run for long, not here. Plans of the model file are
/// kept and used only if `--plans` names a folder.
@Command(name = "rehearse", hidden = true, description = "Goes through loading, for the launcher's cache of classes.")
final class RehearseCommand implements Callable<Integer> {
    /// Loads after which the methods of loading have passed the JVM's thresholds, also with a small model.
    private static final int LOADS = 20;

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private InputOptions inputs = new InputOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() {
        Rehearsal.run(engine.optionsWithoutUsualPlans());
        for (int i = 0; i < LOADS; i++) {
            try (var model = Model.load(path, engine.optionsWithoutUsualPlans());
                    var arena = Arena.ofConfined()) {
                var shapes = new HashMap<String, Shape>();
                inputs.tensors(model.inputs(), arena).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
                model.prepare(shapes);
            }
        }
        try (var arena = Arena.ofShared()) {
            var result = new Benchmark(path, engine.optionsWithoutUsualPlans(), 0, 0, false)
                    .run(wanted -> inputs.tensors(wanted, arena));
            result.print(new PrintWriter(Writer.nullWriter()));
        }
        return ExitCode.OK;
    }
}
