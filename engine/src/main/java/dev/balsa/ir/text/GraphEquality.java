package dev.balsa.ir.text;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// When two graphs are the same: the same structure, names, types and attributes, and constants of the same contents.
///
/// [Graph#equals] does not compare the contents of constants.
public final class GraphEquality {
    private GraphEquality() {}

    /// Whether two graphs are the same.
    public static boolean equal(Graph a, Graph b) {
        return difference(a, b).isEmpty();
    }

    /// The first difference between two graphs, in words, if there is one.
    public static Optional<String> difference(Graph a, Graph b) {
        if (!a.name().equals(b.name())) {
            return differs("name", a.name(), b.name());
        }
        if (!a.inputs().equals(b.inputs())) {
            return differs("inputs", a.inputs(), b.inputs());
        }
        if (!a.outputs().equals(b.outputs())) {
            return differs("outputs", a.outputs(), b.outputs());
        }
        return constants(a, b).or(() -> nodes(a.nodes(), b.nodes()));
    }

    private static Optional<String> differs(String what, Object left, Object right) {
        return Optional.of(what + ": " + left + " and " + right);
    }

    private static Optional<String> constants(Graph a, Graph b) {
        if (!a.constants().keySet().equals(b.constants().keySet())) {
            return differs("constants", a.constants().keySet(), b.constants().keySet());
        }
        for (var value : a.constants().keySet()) {
            var left = a.constant(value).orElseThrow();
            var right = b.constant(value).orElseThrow();
            if (!left.contentEquals(right)) {
                return differs("constant " + value, left, right).map(text -> text + " with other contents");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> nodes(List<Node> a, List<Node> b) {
        if (a.size() != b.size()) {
            return differs("number of nodes", a.size(), b.size());
        }
        for (int i = 0; i < a.size(); i++) {
            var left = a.get(i);
            var right = b.get(i);
            boolean same = left.name().equals(right.name())
                    && left.inputs().equals(right.inputs())
                    && left.outputs().equals(right.outputs())
                    && sameAttribute(left.op(), right.op());
            if (!same) {
                return differs("node " + i, left, right);
            }
        }
        return Optional.empty();
    }

    private static boolean sameAttribute(Object a, Object b) {
        if (a instanceof Graph left && b instanceof Graph right) {
            return equal(left, right);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return left.size() == right.size() && sameElements(left, right);
        }
        if (a instanceof Optional<?> left && b instanceof Optional<?> right) {
            return left.isPresent() && right.isPresent()
                    ? sameAttribute(left.get(), right.get())
                    : left.isEmpty() && right.isEmpty();
        }
        if (a instanceof Record && b instanceof Record && a.getClass() == b.getClass()) {
            return RecordParts.components(a.getClass()).stream()
                    .allMatch(part -> sameAttribute(RecordParts.value(a, part), RecordParts.value(b, part)));
        }
        return Objects.equals(a, b);
    }

    private static boolean sameElements(List<?> a, List<?> b) {
        for (int i = 0; i < a.size(); i++) {
            if (!sameAttribute(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
