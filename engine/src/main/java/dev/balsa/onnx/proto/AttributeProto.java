package dev.balsa.onnx.proto;

import dev.balsa.error.ModelFormatException;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A named attribute of a node (onnx.proto, AttributeProto).
///
/// The value is what the `type` field says; value fields of other kinds are retained as unknown. Files older than IR
/// version 2 have no type: the first value field that occurs decides.
///
/// @param name the attribute's name
/// @param value what it holds
/// @param docString documentation
/// @param unknown see [UnknownFields]
public record AttributeProto(String name, AttributeValue value, String docString, UnknownFields unknown) {
    private static final int REFERENCE = 21;

    /// An attribute made by hand.
    public AttributeProto(String name, AttributeValue value) {
        this(name, value, "", UnknownFields.NONE);
    }

    static AttributeProto read(WireReader in) {
        var kind = kind(in);
        var value = new Fields();
        var name = "";
        var docString = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string("name");
                case 13 -> docString = in.string("doc_string");
                case 20 -> in.int64("type");
                case REFERENCE -> value.reference = in.string("ref_attr_name");
                default -> {
                    if (in.field() == kind.field()) {
                        value.read(in, kind);
                    } else {
                        in.keep();
                    }
                }
            }
        }
        return new AttributeProto(name, value.build(in, name, kind), docString, in.unknown());
    }

    private static AttributeKind kind(WireReader in) {
        long number = in.peekVarint(20, "type", 0);
        var kind = AttributeKind.of(number)
                .orElseThrow(() -> in.fault("type", "unknown attribute type", "0 to 14", Long.toString(number)));
        return kind == AttributeKind.UNDEFINED ? AttributeKind.guess(in.occurring()) : kind;
    }

    WireWriter encode() {
        var out = new WireWriter(unknown).string(1, name);
        int field = value.kind().field();
        if (field < 13) {
            encodeValue(out, field).string(13, docString);
        } else if (field < 20) {
            encodeValue(out.string(13, docString), field);
        } else {
            out.string(13, docString);
        }
        out.int64(20, value.kind().number());
        if (value instanceof AttributeValue.Reference(var target, var _)) {
            out.string(REFERENCE, target);
        }
        return field > 20 ? encodeValue(out, field) : out;
    }

    private WireWriter encodeValue(WireWriter out, int field) {
        switch (value) {
            case AttributeValue.OfFloat(var v) -> out.float32(field, v);
            case AttributeValue.OfInt(var v) -> out.int64(field, v);
            case AttributeValue.OfString(var v) -> out.bytes(field, v);
            case AttributeValue.OfTensor(var v) -> out.message(field, v.encode(TensorContents.OWN));
            case AttributeValue.OfGraph(var v) -> out.message(field, v.encode(TensorContents.OWN));
            case AttributeValue.OfSparseTensor(var v) -> out.message(field, v.encode());
            case AttributeValue.OfType(var v) -> out.message(field, v.encode());
            case AttributeValue.OfFloats(var v) -> out.floats(field, v);
            case AttributeValue.OfInts(var v) -> out.int64s(field, v);
            case AttributeValue.OfStrings(var v) -> out.segments(field, v);
            case AttributeValue.OfTensors(var v) -> v.forEach(t -> out.message(field, t.encode(TensorContents.OWN)));
            case AttributeValue.OfGraphs(var v) -> v.forEach(g -> out.message(field, g.encode(TensorContents.OWN)));
            case AttributeValue.OfSparseTensors(var v) -> v.forEach(t -> out.message(field, t.encode()));
            case AttributeValue.OfTypes(var v) -> v.forEach(t -> out.message(field, t.encode()));
            case AttributeValue.Reference _, AttributeValue.Undefined _ -> {}
        }
        return out;
    }

    /// The value fields of one attribute while it is read.
    private static final class Fields {
        private float f;
        private long i;
        private MemorySegment s = WireReader.EMPTY;
        private String reference = "";
        private final List<Float> floats = new ArrayList<>(0);
        private final List<Long> ints = new ArrayList<>(0);
        private final List<MemorySegment> strings = new ArrayList<>(0);
        private final List<TensorProto> tensors = new ArrayList<>(0);
        private final List<GraphProto> graphs = new ArrayList<>(0);
        private final List<SparseTensorProto> sparse = new ArrayList<>(0);
        private final List<TypeProto> types = new ArrayList<>(0);

        void read(WireReader in, AttributeKind kind) {
            switch (kind) {
                case UNDEFINED -> in.keep();
                case FLOAT -> f = in.float32("f");
                case INT -> i = in.int64("i");
                case STRING -> s = in.bytes("s");
                case TENSOR -> tensors.add(in.message("t", TensorProto::read));
                case GRAPH -> graphs.add(in.message("g", GraphProto::read));
                case SPARSE_TENSOR -> sparse.add(in.message("sparse_tensor", SparseTensorProto::read));
                case TYPE_PROTO -> types.add(in.message("tp", TypeProto::read));
                case FLOATS -> in.floats("floats", floats);
                case INTS -> in.int64s("ints", ints);
                case STRINGS -> in.segments("strings", strings);
                case TENSORS -> in.messages("tensors", tensors, TensorProto::read);
                case GRAPHS -> in.messages("graphs", graphs, GraphProto::read);
                case SPARSE_TENSORS -> in.messages("sparse_tensors", sparse, SparseTensorProto::read);
                case TYPE_PROTOS -> in.messages("type_protos", types, TypeProto::read);
            }
        }

        AttributeValue build(WireReader in, String name, AttributeKind kind) {
            if (!reference.isEmpty()) {
                return new AttributeValue.Reference(reference, kind);
            }
            return switch (kind) {
                case UNDEFINED -> new AttributeValue.Undefined();
                case FLOAT -> new AttributeValue.OfFloat(f);
                case INT -> new AttributeValue.OfInt(i);
                case STRING -> new AttributeValue.OfString(s);
                case TENSOR -> only(in, name, tensors, AttributeValue.OfTensor::new);
                case GRAPH -> only(in, name, graphs, AttributeValue.OfGraph::new);
                case SPARSE_TENSOR -> only(in, name, sparse, AttributeValue.OfSparseTensor::new);
                case TYPE_PROTO -> only(in, name, types, AttributeValue.OfType::new);
                case FLOATS -> new AttributeValue.OfFloats(floats);
                case INTS -> new AttributeValue.OfInts(ints);
                case STRINGS -> new AttributeValue.OfStrings(strings);
                case TENSORS -> new AttributeValue.OfTensors(tensors);
                case GRAPHS -> new AttributeValue.OfGraphs(graphs);
                case SPARSE_TENSORS -> new AttributeValue.OfSparseTensors(sparse);
                case TYPE_PROTOS -> new AttributeValue.OfTypes(types);
            };
        }

        private static <T> AttributeValue only(
                WireReader in, String name, List<T> found, Function<T, AttributeValue> make) {
            if (found.isEmpty()) {
                throw missing(in, name);
            }
            return make.apply(found.getFirst());
        }

        private static ModelFormatException missing(WireReader in, String name) {
            return in.fault("", "attribute \"" + name + "\" lacks its value", "the field that its type names", "none");
        }
    }
}
