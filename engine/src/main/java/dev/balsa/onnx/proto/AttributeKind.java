package dev.balsa.onnx.proto;

import java.util.Optional;

/// What an attribute holds (onnx.proto, AttributeProto.AttributeType), with the number of the type and of the field
/// that carries the value.
public enum AttributeKind {
    /// Nothing.
    UNDEFINED(0, 0),
    /// One float.
    FLOAT(1, 2),
    /// One integer.
    INT(2, 3),
    /// One byte string.
    STRING(3, 4),
    /// One tensor.
    TENSOR(4, 5),
    /// One graph.
    GRAPH(5, 6),
    /// Floats.
    FLOATS(6, 7),
    /// Integers.
    INTS(7, 8),
    /// Byte strings.
    STRINGS(8, 9),
    /// Tensors.
    TENSORS(9, 10),
    /// Graphs.
    GRAPHS(10, 11),
    /// One sparse tensor.
    SPARSE_TENSOR(11, 22),
    /// Sparse tensors.
    SPARSE_TENSORS(12, 23),
    /// One type.
    TYPE_PROTO(13, 14),
    /// Types.
    TYPE_PROTOS(14, 15);

    private static final AttributeKind[] BY_NUMBER = values();

    private final int number;
    private final int field;

    AttributeKind(int number, int field) {
        this.number = number;
        this.field = field;
    }

    /// The number in the file.
    public int number() {
        return number;
    }

    int field() {
        return field;
    }

    static Optional<AttributeKind> of(long number) {
        return number < 0 || number >= BY_NUMBER.length ? Optional.empty() : Optional.of(BY_NUMBER[(int) number]);
    }

    /// The kind that the present fields speak for, in files older than the `type` field.
    static AttributeKind guess(long occurring) {
        for (var kind : BY_NUMBER) {
            if (kind.field != 0 && (occurring >>> kind.field & 1) != 0) {
                return kind;
            }
        }
        return UNDEFINED;
    }
}
