package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.Swish;
import java.util.List;

/// Kinds of Gelu, with the sum before: com.microsoft Gelu, BiasGelu, FastGelu and QuickGelu, version 1.
final class ActivationForms {
    private ActivationForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(
                        microsoft("Gelu").in("X", Schema.FLOATS).out("Y"),
                        node -> List.of(node.insert(new Gelu(false), List.of(node.input(0))))),
                new Abbreviation(
                        microsoft("BiasGelu")
                                .in("A", Schema.FLOATS)
                                .in("B", Schema.FLOATS)
                                .out("C"),
                        node -> List.of(node.insert(new Gelu(false), List.of(withBias(node))))),
                new Abbreviation(
                        microsoft("FastGelu")
                                .in("X", Schema.FLOATS)
                                .optional("bias", Schema.FLOATS)
                                .out("Y"),
                        node -> List.of(node.insert(new Gelu(true), List.of(withBias(node))))),
                new Abbreviation(
                        microsoft("QuickGelu").in("X", Schema.FLOATS).out("Y"),
                        node -> List.of(node.insert(new Swish(node.real("alpha", 1.702F)), List.of(node.input(0))))));
    }

    private static Value withBias(NodeReader node) {
        return node.input(1).isPresent()
                ? node.insert(new Add(), List.of(node.input(0), node.input(1)))
                : node.input(0);
    }
}
