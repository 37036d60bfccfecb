package dev.balsa.onnx;

import dev.balsa.ir.OperatorFailure;
import dev.balsa.onnx.proto.OnnxFile;
import dev.balsa.onnx.proto.OperatorSetIdProto;
import dev.balsa.onnx.proto.StringStringEntryProto;
import dev.balsa.onnx.wire.Limits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Imports model files (ONNX IR specification, versions 1 to 13; `ai.onnx` opset 1 to 28). Stateless.
public final class ModelImport {
    private ModelImport() {}

    /// Imports a model file.
    ///
    /// @param arena keeps the file mapped: the constants of the result lie in it
    /// @throws dev.balsa.error.ModelFormatException if the file is damaged or contradicts the specification
    /// @throws dev.balsa.error.UnsupportedException if it uses an operator or type that Balsa does not have
    /// @throws dev.balsa.error.ResourceException if it is missing, unreadable, or exceeds a limit
    public static ImportedModel read(Path path, Arena arena) {
        return read(path, OnnxFile.map(path, arena), arena);
    }

    /// Imports a model file that has been mapped.
    ///
    /// @param bytes what is in it
    /// @param arena the one that it was mapped into
    /// @throws dev.balsa.error.BalsaException as the other
    public static ImportedModel read(Path path, MemorySegment bytes, Arena arena) {
        var file = OnnxFile.open(path, bytes, arena, Limits.DEFAULT);
        try {
            var proto = file.model();
            var context = new ModelContext(new TensorImport(file.tensors()), proto.functions());
            var graph = GraphImport.main(context, proto.graph(), new OperatorSets(proto.opsetImports()));
            return new ImportedModel(
                    graph,
                    (proto.producerName() + " " + proto.producerVersion()).strip(),
                    proto.opsetImports().stream()
                            .collect(Collectors.toMap(
                                    opset -> OperatorSets.normal(opset.domain()),
                                    OperatorSetIdProto::version,
                                    Math::max)),
                    proto.metadataProps().stream()
                            .collect(Collectors.toMap(
                                    StringStringEntryProto::key, StringStringEntryProto::value, (_, last) -> last)),
                    file.tensors().isSelfContained());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw OperatorFailure.of(e).within("model " + path.getFileName());
        }
    }
}
