package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.quantization.DynamicQuantizeLinear;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Products of 8-bit integers that become floats: com.microsoft MatMulIntegerToFloat and DynamicQuantizeMatMul,
/// version 1.
final class IntegerForms {
    private static final Set<DataType> BYTES = Set.of(DataType.INT8, DataType.UINT8);
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT32);

    private IntegerForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(
                        microsoft("MatMulIntegerToFloat")
                                .in("A", BYTES)
                                .in("B", BYTES)
                                .in("a_scale", FLOAT)
                                .in("b_scale", FLOAT)
                                .optional("a_zero_point", BYTES)
                                .optional("b_zero_point", BYTES)
                                .optional("bias", FLOAT)
                                .out("Y"),
                        node -> List.of(product(
                                node,
                                new Factor(node.input(0), node.input(2), node.input(4)),
                                new Factor(node.input(1), node.input(3), node.input(5)),
                                node.input(6)))),
                new Abbreviation(
                        microsoft("DynamicQuantizeMatMul")
                                .in("A", FLOAT)
                                .in("B", BYTES)
                                .in("b_scale", FLOAT)
                                .optional("b_zero_point", BYTES)
                                .optional("bias", FLOAT)
                                .out("Y"),
                        node -> List.of(dynamic(node))));
    }

    /// @param zeroPoint may be left out
    private record Factor(Value integers, Value scale, Value zeroPoint) {}

    private static Value dynamic(NodeReader node) {
        Op quantize = new DynamicQuantizeLinear();
        var a = node.insertSeveral(quantize, List.of(node.input(0)), 3);
        return product(
                node,
                new Factor(a.get(0), a.get(1), a.get(2)),
                new Factor(node.input(1), node.input(2), node.input(3)),
                node.input(4));
    }

    /// The products of QAttention.
    static Value attention(NodeReader node) {
        return product(
                node,
                new Factor(node.input(0), node.input(3), node.input(6)),
                new Factor(node.input(1), node.input(4), node.input(7)),
                node.input(2));
    }

    private static Value product(NodeReader node, Factor a, Factor b, Value bias) {
        var inputs = new ArrayList<>(List.of(a.integers, b.integers));
        if (a.zeroPoint.isPresent() || b.zeroPoint.isPresent()) {
            inputs.add(a.zeroPoint);
        }
        if (b.zeroPoint.isPresent()) {
            inputs.add(b.zeroPoint);
        }
        var sums = node.insert(new MatMulInteger(), inputs);
        var floats = node.insert(new Cast(DataType.FLOAT32), List.of(sums));
        var scale = node.insert(new Mul(), List.of(a.scale, b.scale));
        var y = node.insert(new Mul(), List.of(floats, scale));
        return bias.isPresent() ? node.insert(new Add(), List.of(y, bias)) : y;
    }
}
