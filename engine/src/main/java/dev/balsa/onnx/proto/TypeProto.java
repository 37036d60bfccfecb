package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.Optional;

/// The type of a value (onnx.proto, TypeProto).
///
/// @param value the type proper
/// @param denotation its meaning, such as `IMAGE`; usually empty
/// @param unknown see [UnknownFields]; holds opaque types, whose value is [Undefined]
public record TypeProto(Value value, String denotation, UnknownFields unknown) {
    /// A type made by hand.
    public TypeProto(Value value) {
        this(value, "", UnknownFields.NONE);
    }

    /// The kinds of types.
    public sealed interface Value {}

    /// A dense tensor.
    ///
    /// @param elementType ONNX number of the element type
    /// @param shape its shape; absent if not even the rank is known
    /// @param unknown see [UnknownFields]
    public record Tensor(int elementType, Optional<TensorShapeProto> shape, UnknownFields unknown) implements Value {
        /// A tensor type made by hand.
        public Tensor(int elementType, TensorShapeProto shape) {
            this(elementType, Optional.of(shape), UnknownFields.NONE);
        }
    }

    /// A sparse tensor.
    ///
    /// @param elementType ONNX number of the element type
    /// @param shape its shape; absent if not even the rank is known
    /// @param unknown see [UnknownFields]
    public record SparseTensor(int elementType, Optional<TensorShapeProto> shape, UnknownFields unknown)
            implements Value {}

    /// A sequence of values of one type.
    public record Sequence(TypeProto element, UnknownFields unknown) implements Value {}

    /// A value that may be missing.
    public record OptionalType(TypeProto element, UnknownFields unknown) implements Value {}

    /// A map.
    ///
    /// @param keyType ONNX number of the type of the keys
    /// @param valueType type of the values
    /// @param unknown see [UnknownFields]
    public record MapType(int keyType, TypeProto valueType, UnknownFields unknown) implements Value {}

    /// No type, or one that is not modelled here.
    public record Undefined() implements Value {}

    static TypeProto read(WireReader in) {
        Value value = new Undefined();
        var denotation = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> value = in.message("tensor_type", TypeProto::readTensor);
                case 4 -> value = in.message("sequence_type", TypeProto::readSequence);
                case 5 -> value = in.message("map_type", TypeProto::readMap);
                case 6 -> denotation = in.string("denotation");
                case 8 -> value = in.message("sparse_tensor_type", TypeProto::readSparse);
                case 9 -> value = in.message("optional_type", TypeProto::readOptional);
                default -> in.keep();
            }
        }
        return new TypeProto(value, denotation, in.unknown());
    }

    private static Tensor readTensor(WireReader in) {
        int elementType = 0;
        var shape = Optional.<TensorShapeProto>empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> elementType = in.int32("elem_type");
                case 2 -> shape = Optional.of(in.message("shape", TensorShapeProto::read));
                default -> in.keep();
            }
        }
        return new Tensor(elementType, shape, in.unknown());
    }

    private static SparseTensor readSparse(WireReader in) {
        var tensor = readTensor(in);
        return new SparseTensor(tensor.elementType(), tensor.shape(), tensor.unknown());
    }

    private static Sequence readSequence(WireReader in) {
        return new Sequence(readElement(in), in.unknown());
    }

    private static OptionalType readOptional(WireReader in) {
        return new OptionalType(readElement(in), in.unknown());
    }

    private static TypeProto readElement(WireReader in) {
        var element = Optional.<TypeProto>empty();
        while (in.next()) {
            if (in.field() == 1) {
                element = Optional.of(in.message("elem_type", TypeProto::read));
            } else {
                in.keep();
            }
        }
        return element.orElseThrow(() -> in.fault("elem_type", "type is incomplete", "an element type", "none"));
    }

    private static MapType readMap(WireReader in) {
        int keyType = 0;
        var valueType = Optional.<TypeProto>empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> keyType = in.int32("key_type");
                case 2 -> valueType = Optional.of(in.message("value_type", TypeProto::read));
                default -> in.keep();
            }
        }
        var values = valueType.orElseThrow(() -> in.fault("value_type", "type is incomplete", "a value type", "none"));
        return new MapType(keyType, values, in.unknown());
    }

    WireWriter encode() {
        var out = new WireWriter(unknown);
        switch (value) {
            case Tensor(var element, var shape, var rest) -> out.message(1, encodeTensor(element, shape, rest));
            case Sequence(var element, var rest) -> out.message(4, encodeElement(element, rest));
            case MapType(var key, var values, var rest) ->
                out.message(5, new WireWriter(rest).int64(1, key).message(2, values.encode()));
            case SparseTensor _, OptionalType _, Undefined _ -> {}
        }
        out.string(6, denotation);
        switch (value) {
            case SparseTensor(var element, var shape, var rest) -> out.message(8, encodeTensor(element, shape, rest));
            case OptionalType(var element, var rest) -> out.message(9, encodeElement(element, rest));
            case Tensor _, Sequence _, MapType _, Undefined _ -> {}
        }
        return out;
    }

    private static WireWriter encodeTensor(int element, Optional<TensorShapeProto> shape, UnknownFields rest) {
        var out = new WireWriter(rest).int64(1, element);
        shape.ifPresent(s -> out.message(2, s.encode()));
        return out;
    }

    private static WireWriter encodeElement(TypeProto element, UnknownFields rest) {
        return new WireWriter(rest).message(1, element.encode());
    }
}
