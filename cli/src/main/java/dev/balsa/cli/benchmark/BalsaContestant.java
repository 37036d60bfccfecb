package dev.balsa.cli.benchmark;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.cpu.Isa;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Balsa itself.
///
/// @param inputs the caller's, by name; valid until this is closed
record BalsaContestant(Model model, Map<String, Tensor> inputs, LoadTimes times) implements Contestant {
    static final String NAME = "balsa";

    /// A model and how long loading it took.
    record Loaded(Model model, LoadTimes times) {}

    static Loaded load(Path path, Options options) {
        long start = System.nanoTime();
        Isa.best();
        long started = System.nanoTime();
        var model = Model.load(path, options);
        return new Loaded(model, new LoadTimes(started - start, System.nanoTime() - started, false));
    }

    /// Readies a loaded model for these inputs, which counts as loading.
    static BalsaContestant ready(Loaded loaded, Map<String, Tensor> inputs) {
        long start = System.nanoTime();
        var shapes = new HashMap<String, Shape>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        loaded.model().prepare(shapes);
        long nanos = System.nanoTime() - start;
        boolean isKept = !loaded.model().hasPlanned();
        return new BalsaContestant(loaded.model(), inputs, loaded.times().plus(nanos, isKept));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void run() {
        model.run(inputs).close();
    }

    @Override
    public List<Optional<Tensor>> outputs() {
        try (var outputs = model.run(inputs)) {
            var copies = new ArrayList<Optional<Tensor>>();
            for (int i = 0; i < outputs.size(); i++) {
                var copy = Tensor.allocate(outputs.get(i).type(), outputs.get(i).shape());
                copy.copyFrom(outputs.get(i));
                copies.add(Optional.of(copy));
            }
            return copies;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
