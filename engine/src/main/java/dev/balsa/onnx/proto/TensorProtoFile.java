package dev.balsa.onnx.proto;

import dev.balsa.error.BalsaException;
import dev.balsa.onnx.wire.Limits;
import dev.balsa.onnx.wire.WireReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file with a single serialised tensor, as ONNX backend tests use for inputs and outputs (`input_0.pb`).
public final class TensorProtoFile {
    private TensorProtoFile() {}

    /// Maps and parses a tensor file.
    ///
    /// @param arena the caller's; the tensor's data are slices of the mapping it holds
    /// @throws dev.balsa.error.ResourceException if the file is missing, a directory or unreadable
    /// @throws dev.balsa.error.ModelFormatException if it is empty or not a tensor
    public static TensorProto read(Path path, Arena arena) {
        var bytes = MappedFile.map(path, arena, "tensor file");
        try {
            return parse(bytes, Limits.DEFAULT);
        } catch (BalsaException e) {
            throw e.within("tensor file " + path.getFileName());
        }
    }

    /// Parses a tensor from memory, of which the result holds slices.
    public static TensorProto parse(MemorySegment bytes, Limits limits) {
        return TensorProto.read(WireReader.of(bytes, limits));
    }

    /// Writes a tensor file, replacing what was there only when all is written.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written
    public static void write(TensorProto tensor, Path path) {
        OnnxWriter.write(tensor.encode(TensorContents.OWN), path);
    }
}
