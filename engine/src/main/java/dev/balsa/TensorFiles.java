package dev.balsa;

import dev.balsa.onnx.TensorImport;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Tensors in files: ONNX's serialised TensorProto (`.pb`).
public final class TensorFiles {
    private TensorFiles() {}

    /// Reads a file that holds one TensorProto, as ONNX's test data sets do.
    ///
    /// @param arena keeps the file mapped; the tensor is valid as long as it is
    /// @throws dev.balsa.error.BalsaException if the file is missing or damaged
    public static Tensor readProto(Path path, Arena arena) {
        return TensorImport.readFile(path, arena);
    }
}
