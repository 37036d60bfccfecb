package dev.balsa;

import dev.balsa.onnx.TensorExport;
import dev.balsa.onnx.TensorImport;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Tensors in files: ONNX's serialised TensorProto (`.pb`) and NumPy's arrays (`.npy`).
public final class TensorFiles {
    private TensorFiles() {}

    /// Reads a file that holds one TensorProto, as ONNX's test data sets do.
    ///
    /// @param arena keeps the file mapped; the tensor is valid as long as it is
    /// @throws dev.balsa.error.BalsaException if the file is missing or damaged
    public static Tensor readProto(Path path, Arena arena) {
        return TensorImport.readFile(path, arena);
    }

    /// Writes a file that holds one TensorProto with raw data, named `name`; an existing file is replaced when the
    /// new one is complete.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written
    public static void writeProto(String name, Tensor tensor, Path path) {
        TensorExport.writeFile(name, tensor, path);
    }

    /// Reads an array saved by NumPy (format 1.0 to 3.0): floats, integers, bool and Unicode strings, of either
    /// byte order; arrays in Fortran order are transposed to row-major.
    ///
    /// @param arena owns the tensor's memory; the file is not kept open
    /// @throws dev.balsa.error.BalsaException if the file is missing, damaged, or of another element type
    public static Tensor readNpy(Path path, Arena arena) {
        return NpyFile.read(path, arena);
    }

    /// Writes an array that NumPy can load (format 1.0, little-endian, row-major). NumPy has no bfloat16 and no
    /// 4-bit integers: these are written as float32, int8 and uint8, with the same values.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written
    public static void writeNpy(Tensor tensor, Path path) {
        NpyFile.write(tensor, path);
    }
}
