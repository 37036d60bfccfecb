package dev.balsa.onnx.proto;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The value of an attribute, by kind.
public sealed interface AttributeValue {
    /// One float.
    record OfFloat(float value) implements AttributeValue {}

    /// One integer.
    record OfInt(long value) implements AttributeValue {}

    /// One byte string, usually UTF-8 text; a slice of the file.
    record OfString(MemorySegment bytes) implements AttributeValue {
        /// The text; malformed UTF-8 becomes replacement characters.
        public String text() {
            return AttributeValue.text(bytes);
        }
    }

    /// One tensor.
    record OfTensor(TensorProto value) implements AttributeValue {}

    /// One graph.
    record OfGraph(GraphProto value) implements AttributeValue {}

    /// One sparse tensor.
    record OfSparseTensor(SparseTensorProto value) implements AttributeValue {}

    /// One type.
    record OfType(TypeProto value) implements AttributeValue {}

    /// Floats.
    record OfFloats(List<Float> values) implements AttributeValue {
        public OfFloats {
            values = List.copyOf(values);
        }
    }

    /// Integers.
    record OfInts(List<Long> values) implements AttributeValue {
        public OfInts {
            values = List.copyOf(values);
        }
    }

    /// Byte strings; slices of the file.
    record OfStrings(List<MemorySegment> values) implements AttributeValue {
        public OfStrings {
            values = List.copyOf(values);
        }

        /// The texts; malformed UTF-8 becomes replacement characters.
        public List<String> texts() {
            return values.stream().map(AttributeValue::text).toList();
        }
    }

    /// Tensors.
    record OfTensors(List<TensorProto> values) implements AttributeValue {
        public OfTensors {
            values = List.copyOf(values);
        }
    }

    /// Graphs.
    record OfGraphs(List<GraphProto> values) implements AttributeValue {
        public OfGraphs {
            values = List.copyOf(values);
        }
    }

    /// Sparse tensors.
    record OfSparseTensors(List<SparseTensorProto> values) implements AttributeValue {
        public OfSparseTensors {
            values = List.copyOf(values);
        }
    }

    /// Types.
    record OfTypes(List<TypeProto> values) implements AttributeValue {
        public OfTypes {
            values = List.copyOf(values);
        }
    }

    /// In the body of a function: the attribute of this name of the node that calls it.
    ///
    /// @param name the caller's attribute
    /// @param kind what it holds
    record Reference(String name, AttributeKind kind) implements AttributeValue {}

    /// No value: an attribute without type and fields.
    record Undefined() implements AttributeValue {}

    /// The kind of this value.
    default AttributeKind kind() {
        return switch (this) {
            case OfFloat _ -> AttributeKind.FLOAT;
            case OfInt _ -> AttributeKind.INT;
            case OfString _ -> AttributeKind.STRING;
            case OfTensor _ -> AttributeKind.TENSOR;
            case OfGraph _ -> AttributeKind.GRAPH;
            case OfSparseTensor _ -> AttributeKind.SPARSE_TENSOR;
            case OfType _ -> AttributeKind.TYPE_PROTO;
            case OfFloats _ -> AttributeKind.FLOATS;
            case OfInts _ -> AttributeKind.INTS;
            case OfStrings _ -> AttributeKind.STRINGS;
            case OfTensors _ -> AttributeKind.TENSORS;
            case OfGraphs _ -> AttributeKind.GRAPHS;
            case OfSparseTensors _ -> AttributeKind.SPARSE_TENSORS;
            case OfTypes _ -> AttributeKind.TYPE_PROTOS;
            case Reference(var _, var kind) -> kind;
            case Undefined _ -> AttributeKind.UNDEFINED;
        };
    }

    private static String text(MemorySegment bytes) {
        return StandardCharsets.UTF_8.decode(bytes.asByteBuffer()).toString();
    }
}
