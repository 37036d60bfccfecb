package dev.balsa.cli;

import dev.balsa.Model;
import dev.balsa.Outputs;
import dev.balsa.TensorFiles;
import dev.balsa.cli.input.EngineOptions;
import dev.balsa.cli.input.InputOptions;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.OutputReport;
import dev.balsa.error.ResourceException;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `balsa run`: one run, with a summary of every output.
@Command(
        name = "run",
        description = "Runs a model once and prints a summary of every output.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  balsa run model.onnx",
            "  balsa run model.onnx --input ids=ids.npy --input mask=mask.npy --output results",
            "  balsa run examples/digits/digits.onnx --input image=examples/digits/seven.png \\",
            "      --resize 28x28 --grey --invert --scale 255",
            "",
            "Pictures are made grey, resized, inverted, divided by --scale, then normalised, in this order, where",
            "asked for. Resizing is bilinear and averages when it shrinks, as Pillow's BILINEAR does. Transparent",
            "pixels are laid over white.",
            "Without --input, floats are uniform from -1 to 1, 8-bit integers cover their range, other integers are",
            "from 0 to 9; by name, masks are ones, ids are below --ids, positions count up, token types are 0.",
            "Outputs that look like class scores are shown with the share of each class: the softmax of the scores,",
            "or the scores themselves if they are shares already."
        })
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "the ONNX file")
    private Path path = Path.of("");

    @Mixin
    private InputOptions inputs = new InputOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--output", paramLabel = "DIR", description = "write each output to DIR/NAME.npy")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--labels", paramLabel = "FILE", description = "names of classes, one a line")
    private Optional<Path> labels = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "write the summary as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    /// Prepares for these shapes first, so that the plan is kept for later starts.
    private static Outputs run(Model model, Map<String, Tensor> tensors) {
        var shapes = new LinkedHashMap<String, Shape>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        model.prepare(shapes);
        return model.run(tensors);
    }

    @Override
    public Integer call() {
        var names = labels.map(RunCommand::lines).orElse(List.of());
        try (var model = Model.load(path, engine.options());
                var arena = Arena.ofConfined();
                var outputs = run(model, inputs.tensors(model.inputs(), arena))) {
            var out = spec.commandLine().getOut();
            var documents = JsonArray.create();
            for (int i = 0; i < outputs.size(); i++) {
                var report = new OutputReport(model.outputs().get(i).name(), outputs.get(i), names);
                report.print(out);
                documents.add(report.json());
            }
            output.ifPresent(folder -> save(model, outputs, folder));
            json.ifPresent(file -> JsonFile.write(
                    JsonObject.create().add("model", path.toString()).add("outputs", documents), file, out));
            out.flush();
            return ExitCode.OK;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new ResourceException(
                    "file " + file + ": cannot be read; expected a label per line, found " + e.getMessage(), e);
        }
    }

    private void save(Model model, Outputs outputs, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ResourceException(
                    "folder " + folder + ": cannot be made; expected a writable folder, found " + e.getMessage(), e);
        }
        for (int i = 0; i < outputs.size(); i++) {
            // Names may hold what file names may not.
            var name = model.outputs().get(i).name().replaceAll("[^\\w.+-]", "_");
            TensorFiles.writeNpy(outputs.get(i), folder.resolve(name + ".npy"));
        }
    }
}
