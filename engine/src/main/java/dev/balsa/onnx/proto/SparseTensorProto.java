package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// A sparse tensor in coordinate form (onnx.proto, SparseTensorProto).
///
/// @param values the values, one-dimensional; carries the tensor's name
/// @param indices int64, linear `[n]` or per dimension `[n, rank]`
/// @param dims the shape of the dense tensor
/// @param unknown see [UnknownFields]
public record SparseTensorProto(TensorProto values, TensorProto indices, List<Long> dims, UnknownFields unknown) {
    public SparseTensorProto {
        dims = List.copyOf(dims);
    }

    static SparseTensorProto read(WireReader in) {
        var values = new ArrayList<TensorProto>(1);
        var indices = new ArrayList<TensorProto>(1);
        var dims = new ArrayList<Long>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> values.add(in.message("values", TensorProto::read));
                case 2 -> indices.add(in.message("indices", TensorProto::read));
                case 3 -> in.int64s("dims", dims);
                default -> in.keep();
            }
        }
        if (values.isEmpty() || indices.isEmpty()) {
            throw in.fault("", "sparse tensor is incomplete", "values and indices", "one or none of them");
        }
        TensorProto.checkDims(in, dims);
        return new SparseTensorProto(values.getFirst(), indices.getFirst(), dims, in.unknown());
    }

    WireWriter encode() {
        return new WireWriter(unknown)
                .message(1, values.encode(TensorContents.OWN))
                .message(2, indices.encode(TensorContents.OWN))
                .int64s(3, dims);
    }
}
