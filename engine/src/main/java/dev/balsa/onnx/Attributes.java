package dev.balsa.onnx;

import dev.balsa.error.ModelFormatException;
import dev.balsa.onnx.proto.AttributeProto;
import dev.balsa.onnx.proto.AttributeValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The attributes of one node by name, with references to the attributes of a calling node resolved.
final class Attributes {
    private final Map<String, AttributeValue> values = new LinkedHashMap<>();

    /// @param caller the attributes that references in a function body mean
    Attributes(List<AttributeProto> protos, Optional<Attributes> caller) {
        for (var proto : protos) {
            resolve(proto, caller).ifPresent(value -> values.put(proto.name(), value));
        }
    }

    /// The attributes of a call with those that the function has defaults for filled in.
    static Attributes ofCall(Attributes given, List<AttributeProto> defaults) {
        var all = new Attributes(defaults, Optional.empty());
        all.values.putAll(given.values);
        return all;
    }

    private static Optional<AttributeValue> resolve(AttributeProto proto, Optional<Attributes> caller) {
        return switch (proto.value()) {
            case AttributeValue.Reference(var name, var _) -> caller.map(attributes -> attributes.values.get(name));
            default -> Optional.of(proto.value());
        };
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /// The attribute as `read` understands it, if given.
    ///
    /// @param expected what messages call the kind
    /// @param read gives the value, or nothing if the attribute is of another kind
    <T> Optional<T> get(String name, String expected, Function<AttributeValue, Optional<T>> read) {
        var value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(read.apply(value)
                .orElseThrow(() -> new ModelFormatException("attribute \"" + name + "\" has the wrong kind; expected "
                        + expected + ", found " + value.kind())));
    }

    Optional<Long> integer(String name) {
        return get(
                name,
                "an integer",
                value -> value instanceof AttributeValue.OfInt(long i) ? Optional.of(i) : Optional.empty());
    }

    Optional<Float> real(String name) {
        return get(
                name,
                "a float",
                value -> value instanceof AttributeValue.OfFloat(float f) ? Optional.of(f) : Optional.empty());
    }

    Optional<String> string(String name) {
        return get(
                name,
                "a string",
                value -> value instanceof AttributeValue.OfString s ? Optional.of(s.text()) : Optional.empty());
    }

    /// A list attribute; an empty list may be written as one of no kind in particular.
    List<Long> integers(String name) {
        return get(name, "integers", value -> switch (value) {
                    case AttributeValue.OfInts(var list) -> Optional.of(list);
                    case AttributeValue.Undefined _ -> Optional.of(List.<Long>of());
                    default -> Optional.<List<Long>>empty();
                })
                .orElse(List.of());
    }

    List<Float> reals(String name) {
        return get(name, "floats", value -> switch (value) {
                    case AttributeValue.OfFloats(var list) -> Optional.of(list);
                    case AttributeValue.Undefined _ -> Optional.of(List.<Float>of());
                    default -> Optional.<List<Float>>empty();
                })
                .orElse(List.of());
    }

    List<String> strings(String name) {
        return get(name, "strings", value -> switch (value) {
                    case AttributeValue.OfStrings list -> Optional.of(list.texts());
                    case AttributeValue.Undefined _ -> Optional.of(List.<String>of());
                    default -> Optional.<List<String>>empty();
                })
                .orElse(List.of());
    }
}
