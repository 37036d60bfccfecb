package dev.balsa.onnx.rehearsal;

import dev.balsa.onnx.ElementTypes;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.wire.PackedScalars;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Tensors whose elements are in the fields for their types, as older exporters write them: floats in `float_data`,
/// integers in `int64_data`.
final class TypedElements {
    private TypedElements() {}

    /// A tensor of float32 or int64.
    static TensorProto proto(String name, Tensor tensor) {
        var none = PackedScalars.NONE;
        boolean isFloat = tensor.type() == DataType.FLOAT32;
        var typed = new TensorProto.TypedData(
                isFloat ? new PackedScalars(tensor.memory()) : none,
                none,
                List.of(),
                isFloat ? none : new PackedScalars(MemorySegment.ofArray(varints(tensor))),
                none,
                none);
        return new TensorProto(
                tensor.shape().toList(),
                ElementTypes.number(tensor.type()),
                name,
                "",
                WireReader.EMPTY,
                typed,
                List.of(),
                false,
                List.of(),
                UnknownFields.NONE);
    }

    /// Seven bits to a byte, the lowest first, with a bit that says whether more follow.
    private static byte[] varints(Tensor tensor) {
        var bytes = new ByteArrayOutputStream();
        for (long element : tensor.toLongArray()) {
            long rest = element;
            while ((rest & ~0x7f) != 0) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }
        return bytes.toByteArray();
    }
}
