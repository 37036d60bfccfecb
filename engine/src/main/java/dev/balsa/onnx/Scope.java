package dev.balsa.onnx;

import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The values that nodes of one graph may name: those defined in it, and those of the graphs around it, which become
/// inputs of this graph when they are used ([#captures]).
final class Scope {
    private final GraphBuilder builder;
    private final Optional<Scope> outer;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<Value, Value> captures = new LinkedHashMap<>();

    Scope(GraphBuilder builder, Optional<Scope> outer) {
        this.builder = builder;
        this.outer = outer;
    }

    GraphBuilder builder() {
        return builder;
    }

    /// Defines a name; false if this graph has it already.
    boolean define(String name, Value value) {
        return values.putIfAbsent(name, value) == null;
    }

    /// The value of a name, here or around here.
    Optional<Value> find(String name) {
        var own = values.get(name);
        return own != null
                ? Optional.of(own)
                : outer.flatMap(scope -> scope.find(name).map(value -> capture(scope, name, value)));
    }

    /// A constant from around here is shared; any other value becomes an input.
    private Value capture(Scope from, String name, Value value) {
        var tensor = from.builder.constantOf(value);
        var own = tensor.isPresent() ? builder.constant(name, tensor.get()) : input(name, value);
        values.put(name, own);
        return own;
    }

    private Value input(String name, Value value) {
        return captures.computeIfAbsent(value, _ -> builder.input(name, value.type()));
    }

    /// The inputs of this graph that stand for values around it, by that outer value, in order of first use.
    Map<Value, Value> captures() {
        return captures;
    }

    /// The input that stands for an outer value, used or not.
    Value captured(Value value) {
        return input(value.name(), value);
    }
}
