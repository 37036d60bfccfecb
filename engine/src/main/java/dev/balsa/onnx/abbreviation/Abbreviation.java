package dev.balsa.onnx.abbreviation;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import java.util.List;

/// An operator that is spelled out by others.
///
/// @param schema its signature; its own reader is never asked
/// @param spelling what it stands for
public record Abbreviation(Schema schema, Spelling spelling) {
    private static final String MICROSOFT = "com.microsoft";

    /// Adds the nodes that a node stands for.
    @FunctionalInterface
    public interface Spelling {
        /// Adds the nodes.
        ///
        /// @return the outputs, from the first one on, as many as there are or are wanted
        List<Value> spell(NodeReader node);
    }

    /// The signature, without parameters, of an operator of `com.microsoft`, version 1.
    static Schema microsoft(String name) {
        return Schema.of(name).domain(MICROSOFT);
    }

    /// Spells out a node.
    ///
    /// @return its outputs, from the first one on
    /// @throws dev.balsa.error.ModelFormatException if inputs are missing or too many, or of a type that it does
    /// not
    ///     take
    public List<Value> spell(NodeReader node) {
        for (int i = 0; i < Math.max(node.inputs(), schema.inputs().size()); i++) {
            check(node, i);
        }
        return spelling.spell(node);
    }

    private void check(NodeReader node, int index) {
        var parameter = schema.input(index)
                .orElseThrow(() -> node.malformed("expected at most "
                        + schema.inputs().size() + " inputs, found " + node.inputs() + "; check the model"));
        var value = node.input(index);
        if (!value.isPresent()) {
            if (parameter.arity() == Schema.Arity.REQUIRED) {
                throw node.malformed(
                        "input " + index + " \"" + parameter.name() + "\" is missing; the operator requires it");
            }
        } else if (!parameter.types().contains(value.type().dtype())) {
            throw node.malformed("input " + index + " \"" + parameter.name() + "\": expected one of "
                    + parameter.types().stream().sorted().toList() + ", found "
                    + value.type().dtype());
        }
    }
}
