package dev.balsa.onnx;

import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.proto.TensorProtoFile;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Tensors as the file format has them: the way back from [TensorImport].
public final class TensorExport {
    private TensorExport() {}

    /// Writes a file with one serialised TensorProto.
    ///
    /// @throws dev.balsa.error.ResourceException if the file cannot be written
    public static void writeFile(String name, Tensor tensor, Path path) {
        try (var arena = Arena.ofConfined()) {
            TensorProtoFile.write(proto(name, tensor, arena), path);
        }
    }

    private static TensorProto proto(String name, Tensor tensor, Arena arena) {
        int type = ElementTypes.number(tensor.type());
        var dims = tensor.shape().toList();
        if (tensor.type() != DataType.STRING) {
            return new TensorProto(name, type, dims, tensor.memory());
        }
        var strings = Arrays.stream(tensor.toStringArray())
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .map(bytes -> copy(bytes, arena))
                .toList();
        var none = TensorProto.TypedData.NONE;
        var typed = new TensorProto.TypedData(
                none.floats(), none.int32s(), strings, none.int64s(), none.doubles(), none.uint64s());
        return new TensorProto(
                dims, type, name, "", WireReader.EMPTY, typed, List.of(), false, List.of(), UnknownFields.NONE);
    }

    private static MemorySegment copy(byte[] bytes, Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }
}
