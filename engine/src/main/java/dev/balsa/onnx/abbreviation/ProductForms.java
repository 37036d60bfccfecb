package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.HardSigmoid;
import dev.balsa.ir.elementwise.LeakyRelu;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Tanh;
import dev.balsa.ir.window.Conv;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/// Products with what is done before and after: com.microsoft FusedMatMul and FusedConv, version 1.
final class ProductForms {
    private ProductForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(
                        microsoft("FusedMatMul")
                                .in("A", Schema.FLOATS)
                                .in("B", Schema.FLOATS)
                                .out("Y"),
                        node -> List.of(matMul(node))),
                new Abbreviation(
                        microsoft("FusedConv")
                                .in("X", Schema.FLOATS)
                                .in("W", Schema.FLOATS)
                                .optional("B", Schema.FLOATS)
                                .optional("Z", Schema.FLOATS)
                                .out("Y"),
                        node -> List.of(conv(node))));
    }

    private static Value matMul(NodeReader node) {
        var a = factor(node, 0, "transA", "transBatchA");
        var b = factor(node, 1, "transB", "transBatchB");
        var y = node.insert(new MatMul(), List.of(a, b));
        float alpha = node.real("alpha", 1);
        return alpha == 1
                ? y
                : node.insert(
                        new Mul(), List.of(y, new Nodes(node).number(y.type().dtype(), alpha)));
    }

    /// A factor, whose first dimension comes behind those of the batch first, and whose last two change places
    /// then.
    private static Value factor(NodeReader node, int index, String turned, String batchTurned) {
        var value = node.input(index);
        boolean isTurned = node.integer(turned, 0) != 0;
        boolean isBatchTurned = node.integer(batchTurned, 0) != 0;
        if (!isTurned && !isBatchTurned) {
            return value;
        }
        var shape = value.type().shape();
        if (!shape.hasRank()) {
            throw node.unsupported("a transposed factor whose rank is not known");
        }
        if (shape.rank() < 2) {
            return value;
        }
        var order = new ArrayList<>(LongStream.range(0, shape.rank()).boxed().toList());
        if (isBatchTurned) {
            order.add(shape.rank() - 2, order.removeFirst());
        }
        if (isTurned) {
            Collections.swap(order, shape.rank() - 1, shape.rank() - 2);
        }
        return node.insert(new Transpose(order), List.of(value));
    }

    private static Value conv(NodeReader node) {
        var inputs = new ArrayList<>(List.of(node.input(0), node.input(1)));
        if (node.input(2).isPresent()) {
            inputs.add(node.input(2));
        }
        var y = node.insert(Conv.SCHEMA.reader().read(node), inputs);
        if (node.input(3).isPresent()) {
            y = node.insert(new Add(), List.of(y, node.input(3)));
        }
        return activated(node, y);
    }

    private static Value activated(NodeReader node, Value x) {
        var activation = node.string("activation", "");
        var numbers = node.reals("activation_params");
        return switch (activation) {
            case "" -> x;
            case "Relu" -> node.insert(new Relu(), List.of(x));
            case "Tanh" -> node.insert(new Tanh(), List.of(x));
            case "Sigmoid" -> node.insert(new Sigmoid(), List.of(x));
            case "LeakyRelu" -> node.insert(new LeakyRelu(number(node, numbers, 0)), List.of(x));
            case "HardSigmoid" ->
                node.insert(new HardSigmoid(number(node, numbers, 0), number(node, numbers, 1)), List.of(x));
            case "Clip" -> {
                var nodes = new Nodes(node);
                var type = x.type().dtype();
                var least = nodes.number(type, number(node, numbers, 0));
                yield nodes.op(new Clip(), x, least, nodes.number(type, number(node, numbers, 1)));
            }
            default ->
                throw node.unsupported("activation \"" + activation
                        + "\"; offered are Relu, Tanh, Sigmoid, LeakyRelu, HardSigmoid and Clip");
        };
    }

    private static float number(NodeReader node, List<Float> numbers, int index) {
        if (index >= numbers.size()) {
            throw node.malformed("attribute \"activation_params\": expected at least " + (index + 1)
                    + " numbers, found " + numbers.size() + "; check the model");
        }
        return numbers.get(index);
    }
}
