package dev.balsa.cli.input;

import dev.balsa.TensorInfo;
import dev.balsa.cli.picture.PictureOptions;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options that give lengths to dimensions which the model leaves open.
public final class SizeOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--batch", paramLabel = "N", description = "length of batch dimensions (default: 1)")
    private Optional<Long> batch = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "NAME=DIMS",
            description = {
                "shape of an input, as in image=1x3x224x224, or length of a symbolic dimension, as in sequence=384",
                "(default: sequences 128, past tokens 0, pictures 224x224)"
            })
    private List<String> shapes = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "seed of random inputs (default: 1)")
    private long seed = 1;

    @Option(names = "--ids", paramLabel = "N", description = "random ids are below N (default: 100)")
    private int ids = 100;

    /// The bound of random ids.
    int ids() {
        if (ids < 1) {
            throw wrong("--ids must be at least 1");
        }
        return ids;
    }

    /// The seed of random inputs.
    public long seed() {
        return seed;
    }

    /// Made-up tensors of these sizes for all inputs of a model, in its order and in memory of `arena`.
    ///
    /// @throws ParameterException if an option names what the model does not have
    public Map<String, Tensor> tensors(List<TensorInfo> inputs, Arena arena) {
        return new InputTensors(Map.of(), new PictureOptions(), seed, ids(), inputShapes()).make(inputs, arena);
    }

    /// The lengths given, for a model whose other dimensions are still to be found.
    InputShapes inputShapes() {
        if (batch.orElse(1L) < 0) {
            throw new ParameterException(spec.commandLine(), "--batch must not be negative");
        }
        var given = new LinkedHashMap<String, List<Long>>();
        shapes.stream().map(this::entry).forEach(entry -> given.put(entry.getKey(), entry.getValue()));
        return new InputShapes(batch, given, this::wrong);
    }

    private Map.Entry<String, List<Long>> entry(String text) {
        int at = text.lastIndexOf('=');
        var dims = text.substring(at + 1);
        if (at < 1 || !dims.matches("scalar|\\d{1,18}(x\\d{1,18})*")) {
            throw wrong("--shape " + text + ": expected NAME=DIMS, as in image=1x3x224x224");
        }
        return Map.entry(
                text.substring(0, at),
                dims.equals("scalar")
                        ? List.of()
                        : Arrays.stream(dims.split("x")).map(Long::valueOf).toList());
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
