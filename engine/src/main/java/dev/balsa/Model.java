package dev.balsa;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Value;
import dev.balsa.onnx.ImportedModel;
import dev.balsa.onnx.ModelImport;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A loaded model, ready to run. Thread-safe.
///
/// It owns the mapped file, the packed weights, the memory of its runs and its worker threads; [#close] frees them all.
public final class Model implements AutoCloseable {
    private final ImportedModel imported;
    private final Arena arena;
    private final Map<String, Integer> outputIndices = new LinkedHashMap<>();

    private Model(ImportedModel imported, Arena arena) {
        this.imported = imported;
        this.arena = arena;
        imported.graph().outputs().forEach(value -> outputIndices.put(value.name(), outputIndices.size()));
    }

    /// Loads an ONNX file with [Options#defaults].
    public static Model load(Path path) {
        return load(path, Options.defaults());
    }

    /// Loads an ONNX file.
    ///
    /// @throws dev.balsa.error.BalsaException if the file is missing, damaged, or asks for what Balsa does not offer
    public static Model load(Path path, Options options) {
        var arena = Arena.ofShared();
        try {
            return new Model(ModelImport.read(path, arena), arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// The inputs, in the model's order.
    public List<TensorInfo> inputs() {
        return imported.graph().inputs().stream().map(Model::info).toList();
    }

    /// The outputs, in the model's order.
    public List<TensorInfo> outputs() {
        return imported.graph().outputs().stream().map(Model::info).toList();
    }

    private static TensorInfo info(Value value) {
        var dims = value.type().shape().dims();
        return new TensorInfo(
                value.name(), value.type().dtype(), dims.map(list -> list.stream().map(Dim::toString).toList()));
    }

    /// Runs the model once on the given inputs, by name. The inputs are read during the call and not kept.
    ///
    /// @throws ShapeException if an input is missing, unknown, or has the wrong type or shape
    public Outputs run(Map<String, Tensor> inputs) {
        var tensors = new ArrayList<Tensor>();
        for (var value : imported.graph().inputs()) {
            var tensor = inputs.get(value.name());
            if (tensor == null) {
                throw new ShapeException("input \"" + value.name() + "\" is missing; expected "
                        + imported.graph().inputs().stream().map(Model::info).toList());
            }
            tensors.add(tensor);
        }
        return new Outputs(outputIndices, Interpreter.run(imported.graph(), tensors), () -> {});
    }

    /// Frees everything the model owns.
    @Override
    public void close() {
        arena.close();
    }
}
