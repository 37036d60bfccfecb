package dev.balsa.ir;

import dev.balsa.error.InternalException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The operators that Balsa knows, read off the sealed hierarchy below [Op].
public final class Operators {
    /// All operators by their ONNX names, which only their classes tell: made when something is asked for that has
    /// no class of the same name.
    private static final class Index {
        private static final Map<String, Schema> BY_NAME = index();
    }

    /// Record classes by their names in lower case; most are called as in ONNX. Models have few operators, and
    /// reading the schemas of all would take longer than a small model.
    private static final Map<String, List<Class<?>>> BY_CLASS =
            classes().stream().collect(Collectors.groupingBy(type -> lower(type.getSimpleName())));

    /// Schemas that were asked for: reflection takes longer than all else about a node. No more than there are.
    private static final Map<String, Schema> FOUND = new ConcurrentHashMap<>();

    private Operators() {}

    /// The schema of an ONNX operator, if Balsa has it; `domain` is empty for `ai.onnx`.
    public static Optional<Schema> find(String domain, String name) {
        var key = key(domain, name);
        var known = FOUND.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        var found = search(domain, name);
        found.ifPresent(schema -> FOUND.put(key, schema));
        return found;
    }

    private static Optional<Schema> search(String domain, String name) {
        for (var operator : BY_CLASS.getOrDefault(lower(name), List.of())) {
            var schema = schemaOf(operator);
            if (schema.domain().equals(domain) && schema.name().equals(name)) {
                return Optional.of(schema);
            }
        }
        return Optional.ofNullable(Index.BY_NAME.get(key(domain, name)));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /// All schemas, aliases included, in order of domain and name.
    public static List<Schema> all() {
        return List.copyOf(Index.BY_NAME.values());
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
