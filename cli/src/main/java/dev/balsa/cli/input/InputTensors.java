package dev.balsa.cli.input;

import dev.balsa.TensorFiles;
import dev.balsa.TensorInfo;
import dev.balsa.cli.picture.PictureOptions;
import dev.balsa.cli.picture.PictureTensors;
import dev.balsa.error.BalsaException;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The inputs of one run: read from files where a file is given, made up otherwise.
///
/// @param files by input name
record InputTensors(Map<String, Path> files, PictureOptions pictures, long seed, int ids, InputShapes shapes) {
    /// Tensors for all inputs, in the model's order, in memory of `arena`.
    ///
    /// @throws BalsaException if a file is missing, damaged, or no picture
    Map<String, Tensor> make(List<TensorInfo> inputs, Arena arena) {
        var read = new LinkedHashMap<String, Tensor>();
        for (var input : inputs) {
            if (files.containsKey(input.name())) {
                var tensor = read(input, files.get(input.name()), arena);
                shapes.bind(input, tensor.shape());
                read.put(input.name(), tensor);
            }
        }
        var sizes = shapes.resolve(inputs);
        var random = new RandomTensors(seed, ids, pastLength(inputs));
        var inOrder = new LinkedHashMap<String, Tensor>();
        for (var input : inputs) {
            var tensor = Optional.ofNullable(read.get(input.name()));
            var shape = Optional.ofNullable(sizes.get(input.name())).orElse(Shape.scalar());
            inOrder.put(input.name(), tensor.orElseGet(() -> random.make(input, shape, arena)));
        }
        return inOrder;
    }

    private long pastLength(List<TensorInfo> inputs) {
        return inputs.stream()
                .flatMap(input -> input.dims().stream().flatMap(List::stream))
                .filter(dim -> dim.toLowerCase(Locale.ROOT).contains("past") && !dim.contains("+"))
                .flatMap(dim -> shapes.symbol(dim).stream())
                .findFirst()
                .orElse(0L);
    }

    private Tensor read(TensorInfo input, Path file, Arena arena) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        try {
            if (name.endsWith(".npy")) {
                return TensorFiles.readNpy(file, arena);
            }
            if (name.endsWith(".pb")) {
                return TensorFiles.readProto(file, arena);
            }
            return PictureTensors.read(file, input, pictures, arena);
        } catch (BalsaException e) {
            throw e.within("input \"" + input.name() + "\"");
        }
    }
}
