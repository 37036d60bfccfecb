package dev.balsa.onnx;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import dev.balsa.onnx.proto.ExternalData;
import dev.balsa.onnx.proto.SparseTensorProto;
import dev.balsa.onnx.proto.TensorData;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.proto.TensorProtoFile;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Tensors of a file as [Tensor]s over the mapped memory.
public final class TensorImport {
    /// A sparse tensor may stand for at most this many bytes, or [#MOST_SPREAD] times what it takes in the file:
    /// more is taken for a damaged or hostile file.
    private static final long MOST_BYTES = 256L << 20;

    private static final long MOST_SPREAD = 1000;

    private final TensorData data;

    /// Reads tensors of one file, as `data` finds their elements.
    public TensorImport(TensorData data) {
        this.data = data;
    }

    /// The tensor in a file that holds one serialised TensorProto (`input_0.pb` of ONNX's test cases).
    ///
    /// @param arena keeps the file mapped
    public static Tensor readFile(Path path, Arena arena) {
        var proto = TensorProtoFile.read(path, arena);
        return new TensorImport(new TensorData(new ExternalData(path, arena), arena)).read(proto);
    }

    /// The tensor of a TensorProto; elements stay where the file has them.
    public Tensor read(TensorProto proto) {
        var type = ElementTypes.of(proto.dataType());
        var shape = Shape.of(proto.dims());
        if (type == DataType.STRING) {
            return Tensor.of(
                    data.strings(proto).stream().map(TensorImport::text).toArray(String[]::new), shape.toArray());
        }
        return Tensor.wrap(type, shape, data.bytes(proto));
    }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /// The dense form of a sparse tensor in coordinate form (onnx.proto, SparseTensorProto): indices are flat, or
    /// one row of coordinates per value.
    public Tensor read(SparseTensorProto proto) {
        var values = read(proto.values());
        var indices = read(proto.indices());
        var shape = Shape.of(proto.dims());
        long bytes = values.type().bytes(shape.size());
        if (bytes > Math.max(MOST_BYTES, MOST_SPREAD * values.byteSize())) {
            throw new ResourceException("sparse tensor \"" + proto.values().name() + "\": " + bytes
                    + " bytes when dense, from " + values.byteSize() + " bytes of values; expected at most "
                    + MOST_SPREAD + " times as many; the file is damaged or not meant to be expanded");
        }
        var dense = Tensor.allocate(values.type(), shape);
        for (long i = 0; i < values.size(); i++) {
            dense.copyElement(flatIndex(proto, indices, shape, values.size(), i), values, i);
        }
        return dense;
    }

    private static long flatIndex(SparseTensorProto proto, Tensor indices, Shape shape, long count, long i) {
        boolean flat = indices.shape().rank() == 1;
        int width = flat ? 1 : shape.rank();
        if (indices.size() != count * width) {
            throw new ModelFormatException("sparse tensor \"" + proto.values().name()
                    + "\": wrong number of indices; expected " + count * width + ", found " + indices.size());
        }
        long index = 0;
        for (int axis = 0; axis < width; axis++) {
            long length = flat ? shape.size() : shape.dim(axis);
            long at = indices.getLong(i * width + axis);
            if (at < 0 || at >= length) {
                throw new ModelFormatException(
                        "sparse tensor \"" + proto.values().name() + "\": index " + at + " of value " + i
                                + " is out of range; expected 0 to " + (length - 1));
            }
            index = index * length + at;
        }
        return index;
    }
}
