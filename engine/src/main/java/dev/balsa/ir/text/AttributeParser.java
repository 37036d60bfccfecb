package dev.balsa.ir.text;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads operators and their attributes, which have the types of the records' components.
final class AttributeParser {
    private final TextScanner scanner;
    private final TypeParser types;
    private final GraphParser graphs;

    AttributeParser(TextScanner scanner, TypeParser types, GraphParser graphs) {
        this.scanner = scanner;
        this.types = types;
        this.graphs = graphs;
    }

    /// An operator and its attributes.
    Op operator() {
        var name = scanner.word();
        var type = RecordParts.operator(name)
                .orElseThrow(() -> scanner.failure("unknown operator " + name + "; expected one that Balsa has"));
        boolean hasComponents = !RecordParts.components(type).isEmpty();
        return (Op) (hasComponents || scanner.sees("{") ? record(type) : RecordParts.make(type, new Object[0]));
    }

    /// A record in braces, with all its components in order.
    private Object record(Class<?> type) {
        var values = new ArrayList<>();
        scanner.expect("{");
        for (var component : RecordParts.components(type)) {
            if (!values.isEmpty()) {
                scanner.expect(",");
            }
            scanner.expect(component.getName());
            scanner.expect("=");
            values.add(attribute(component.getGenericType()));
        }
        scanner.expect("}");
        return RecordParts.make(type, values.toArray());
    }

    private Object attribute(Type type) {
        return switch (type) {
            case ParameterizedType of when of.getRawType() == List.class -> list(of.getActualTypeArguments()[0]);
            case ParameterizedType of
            when of.getRawType() == Optional.class -> optional(of.getActualTypeArguments()[0]);
            case Class<?> plain -> plain(plain);
            default -> throw unreadable(type);
        };
    }

    private static InternalException unreadable(Type type) {
        return new InternalException("attributes of type " + type + " have no text; see GraphText");
    }

    private List<?> list(Type element) {
        var list = new ArrayList<>();
        scanner.expect("[");
        while (!scanner.takes("]")) {
            if (!list.isEmpty()) {
                scanner.expect(",");
            }
            list.add(attribute(element));
        }
        return list;
    }

    private Optional<?> optional(Type element) {
        if (scanner.seesWord("none")) {
            scanner.expect("none");
            return Optional.empty();
        }
        return Optional.of(attribute(element));
    }

    private Object plain(Class<?> type) {
        if (type == String.class) {
            return scanner.quoted();
        }
        if (type == DataType.class) {
            return types.dtype();
        }
        if (type == TensorType.class) {
            return types.type();
        }
        if (type == Graph.class) {
            return graphs.graph();
        }
        if (Op.class.isAssignableFrom(type)) {
            return operator(type);
        }
        if (type.isEnum()) {
            return constant(type);
        }
        return type.isRecord() ? record(type) : number(type);
    }

    private Op operator(Class<?> type) {
        var op = operator();
        if (!type.isInstance(op)) {
            throw scanner.failure(
                    "operator " + RecordParts.name(op) + " does not fit; expected one of " + type.getSimpleName());
        }
        return op;
    }

    private Object constant(Class<?> type) {
        var name = scanner.word();
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst()
                .orElseThrow(() -> scanner.failure("unknown " + type.getSimpleName() + " " + name + "; expected one of "
                        + Arrays.toString(type.getEnumConstants())));
    }

    private Object number(Class<?> type) {
        var literal = scanner.literal();
        try {
            return switch (type.getName()) {
                case "long", "java.lang.Long" -> Long.parseLong(literal);
                case "int", "java.lang.Integer" -> Integer.parseInt(literal);
                case "float", "java.lang.Float" -> Literals.parseFloat(literal);
                case "double", "java.lang.Double" -> Literals.parseDouble(literal);
                case "boolean", "java.lang.Boolean" -> bool(literal);
                default -> throw unreadable(type);
            };
        } catch (NumberFormatException e) {
            throw scanner.failure("expected a " + type.getSimpleName() + ", found " + literal, e);
        }
    }

    private boolean bool(String literal) {
        if (!literal.equals("true") && !literal.equals("false")) {
            throw scanner.failure("expected true or false, found " + literal);
        }
        return literal.equals("true");
    }
}
