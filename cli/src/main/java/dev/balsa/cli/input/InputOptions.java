package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.cli.picture.PictureOptions;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that say what goes into a model.
public final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "NAME=FILE",
            description = {
                "an input: .npy, a TensorProto (.pb), or a picture; the name may be left out if the model has one",
                "input (default: seeded random values that fit the input's type and name)"
            })
    private List<String> files = List.of();

    @Option(
            names = "--data-set",
            paramLabel = "DIR",
            description = "a folder of input_0.pb, input_1.pb, … for the model's inputs, as in the ONNX backend tests")
    private Optional<Path> dataSet = Optional.empty();

    @Mixin
    private SizeOptions sizes = new SizeOptions();

    @Mixin
    private PictureOptions pictures = new PictureOptions();

    /// Tensors for all inputs of a model, in its order and in memory of `arena`.
    ///
    /// @throws picocli.CommandLine.ParameterException if an option names what the model does not have
    /// @throws dev.balsa.error.BalsaException if a file is missing, damaged, or no picture
    public Map<String, Tensor> tensors(List<TensorInfo> inputs, Arena arena) {
        return new InputTensors(byName(inputs), pictures, sizes.seed(), sizes.ids(), sizes.inputShapes())
                .make(inputs, arena);
    }

    private Map<String, Path> byName(List<TensorInfo> inputs) {
        var byName = new LinkedHashMap<String, Path>();
        for (int i = 0; i < inputs.size() && dataSet.isPresent(); i++) {
            var file = dataSet.get().resolve("input_" + i + ".pb");
            if (Files.exists(file)) {
                byName.put(inputs.get(i).name(), file);
            }
        }
        for (var text : files) {
            var named = inputs.stream()
                    .map(TensorInfo::name)
                    .filter(name -> text.startsWith(name + "="))
                    .findFirst();
            if (named.isPresent()) {
                byName.put(named.get(), Path.of(text.substring(named.get().length() + 1)));
            } else if (inputs.size() == 1 && !text.contains("=")) {
                byName.put(inputs.getFirst().name(), Path.of(text));
            } else {
                throw sizes.wrong("--input " + text + ": the model has no such input; expected NAME=FILE with one of "
                        + inputs.stream().map(TensorInfo::name).toList());
            }
        }
        return byName;
    }
}
