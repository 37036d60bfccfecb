package dev.balsa.onnx.proto;

import dev.balsa.error.BalsaException;
import dev.balsa.onnx.wire.Limits;
import dev.balsa.onnx.wire.WireReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A model file, mapped and parsed.
///
/// The file is mapped into the caller's arena: every byte segment in the model is a slice of that mapping, so the
/// caller closes the arena only when neither the model nor its weights are in use any more. The file must not be
/// shortened while it is mapped; the operating system turns an access to lost bytes into a fault.
///
/// @param path the file
/// @param model its content
/// @param tensors reads the tensors of the model, external ones included; for one thread at a time
public record OnnxFile(Path path, ModelProto model, TensorData tensors) {
    /// Maps and parses a model under the default limits.
    public static OnnxFile open(Path path, Arena arena) {
        return open(path, arena, Limits.DEFAULT);
    }

    /// Maps and parses a model.
    ///
    /// @throws dev.balsa.error.ResourceException if the file is missing, a directory or unreadable
    /// @throws dev.balsa.error.ModelFormatException if it is empty, not a model, or exceeds the limits
    public static OnnxFile open(Path path, Arena arena, Limits limits) {
        return open(path, map(path, arena), arena, limits);
    }

    /// Maps a model without looking at it.
    ///
    /// @throws dev.balsa.error.ResourceException if the file is missing, a directory or unreadable
    /// @throws dev.balsa.error.ModelFormatException if it is empty
    public static MemorySegment map(Path path, Arena arena) {
        return MappedFile.map(path, arena, "model file");
    }

    /// Parses a model that has been mapped.
    ///
    /// @param arena the one it was mapped into; files beside it are, too
    /// @throws dev.balsa.error.ModelFormatException if it is not a model, or exceeds the limits
    public static OnnxFile open(Path path, MemorySegment bytes, Arena arena, Limits limits) {
        try {
            var tensors = new TensorData(new ExternalData(path, arena), arena);
            return new OnnxFile(path, parse(bytes, limits), tensors);
        } catch (BalsaException e) {
            throw e.within("model " + path.getFileName());
        }
    }

    /// Parses a model from memory, of which the result holds slices.
    ///
    /// @throws dev.balsa.error.ModelFormatException if the bytes are not a model, or exceed the limits
    public static ModelProto parse(MemorySegment bytes, Limits limits) {
        return ModelProto.read(WireReader.of(bytes, limits));
    }
}
