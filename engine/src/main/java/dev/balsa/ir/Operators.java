package dev.balsa.ir;

import dev.balsa.error.InternalException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The operators that Balsa knows, read off the sealed hierarchy below [Op].
public final class Operators {
    private static final Map<String, Schema> BY_NAME = index();

    private Operators() {}

    /// The schema of an ONNX operator, if Balsa has it; `domain` is empty for `ai.onnx`.
    public static Optional<Schema> find(String domain, String name) {
        return Optional.ofNullable(BY_NAME.get(key(domain, name)));
    }

    /// All schemas, aliases included, in order of domain and name.
    public static List<Schema> all() {
        return List.copyOf(BY_NAME.values());
    }

    /// The record classes of all operators.
    public static List<Class<?>> classes() {
        var classes = new ArrayList<Class<?>>();
        collect(Op.class, classes);
        return classes;
    }

    private static void collect(Class<?> type, List<Class<?>> classes) {
        if (type.isRecord()) {
            classes.add(type);
        } else {
            Arrays.stream(type.getPermittedSubclasses()).forEach(permitted -> collect(permitted, classes));
        }
    }

    private static Map<String, Schema> index() {
        var index = new TreeMap<String, Schema>();
        for (var operator : classes()) {
            var schema = schemaOf(operator);
            enter(index, schema);
            schema.aliases().forEach(alias -> enter(index, alias));
        }
        return Collections.unmodifiableMap(index);
    }

    /// The schema of an operator's record class.
    public static Schema schemaOf(Class<?> operator) {
        try {
            return (Schema) operator.getField("SCHEMA").get(null);
        } catch (ReflectiveOperationException e) {
            throw new InternalException("operator " + operator.getName() + " has no public static SCHEMA", e);
        }
    }

    private static void enter(Map<String, Schema> index, Schema schema) {
        if (index.put(key(schema.domain(), schema.name()), schema) != null) {
            throw new InternalException("operator " + schema + " is declared twice");
        }
    }

    private static String key(String domain, String name) {
        return domain + "::" + name;
    }
}
