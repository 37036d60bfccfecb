package dev.balsa;

import dev.balsa.error.ResourceException;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.onnx.rehearsal.Network;
import dev.balsa.onnx.rehearsal.Networks;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a program does in the training run of its ahead-of-time cache, so that models load quickly when it starts
/// later.
///
/// A new JVM interprets at first, and loads each class and links each call site where it first comes by. An
/// ahead-of-time cache (JEP 483, 514 and 515) has that ready for whatever its training run did, and knows which
/// methods were hot. So let your program call [#run()] once, in the training run only:
///
/// ```
/// java -XX:AOTCacheOutput=app.aot … app.Main train
/// java -XX:AOTCache=app.aot … app.Main
/// ```
///
/// It writes small networks of the kinds that models are (for images, text and sound, of floats and of bytes),
/// loads each of them a few times and runs it. That takes some seconds, and no model of yours. What your own
/// models need beyond that gets into the cache if the training run loads them, too.
public final class Rehearsal {
    /// Loads of each network without plans of it, and then with them: what all models go through becomes hot soon,
    /// and what one network alone has is met again.
    private static final int LOADS = 3;

    private static final int LOADS_WITH_PLANS = 3;
    private static final String PLANS = "plans";

    private Rehearsal() {}

    /// Rehearses with [Options#defaults].
    ///
    /// @throws ResourceException if temporary files cannot be written
    public static void run() {
        run(Options.defaults());
    }

    /// Rehearses with the options that models will be loaded with. Files are in the JVM's folder for temporary ones
    /// (`java.io.tmpdir`) and are gone in the end: a few megabytes at most.
    ///
    /// @throws ResourceException if temporary files cannot be written
    /// @throws dev.balsa.error.UnsupportedException if the options ask for an instruction-set level that the
    ///     processor lacks
    public static void run(Options options) {
        run(options, Path.of(System.getProperty("java.io.tmpdir")));
    }

    static void run(Options options, Path place) {
        try {
            var folder = Files.createTempDirectory(place, "balsa-rehearsal");
            try {
                for (var entry : Networks.all().entrySet()) {
                    run(entry.getValue().get(), folder.resolve(entry.getKey() + ".onnx"), options);
                }
            } finally {
                clear(folder.resolve(PLANS));
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new ResourceException(
                    "rehearsal: no temporary files; expected that " + place + " is a writable folder, found " + e, e);
        }
    }

    private static void run(Network network, Path file, Options options) throws IOException {
        var shapes = new LinkedHashMap<String, Shape>();
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var input : network.inputs()) {
            shapes.put(input.name(), input.shape());
            tensors.put(input.name(), input.tensor());
        }
        OnnxWriter.write(network.model(), file);
        try {
            for (int i = 0; i < LOADS; i++) {
                load(file, options.withoutPlanFolder(), shapes, tensors);
            }
            for (int i = 0; i < LOADS_WITH_PLANS; i++) {
                load(file, options.withPlanFolder(file.resolveSibling(PLANS)), shapes, tensors);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void clear(Path plans) throws IOException {
        if (Files.exists(plans)) {
            List<Path> files;
            try (var found = Files.list(plans)) {
                files = found.toList();
            }
            for (var file : files) {
                Files.delete(file);
            }
            Files.delete(plans);
        }
    }

    private static void load(Path file, Options options, Map<String, Shape> shapes, Map<String, Tensor> tensors) {
        try (var model = Model.load(file, options)) {
            model.prepare(shapes);
            model.run(tensors).close();
        }
    }
}
