package dev.balsa.onnx.abbreviation;

import static dev.balsa.onnx.abbreviation.Abbreviation.microsoft;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.LeakyRelu;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.view.Squeeze;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.GlobalAveragePool;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/// Operators on 8-bit integers that stand for numbers: com.microsoft QLinearMul, QLinearLeakyRelu,
/// QLinearSigmoid, QLinearSoftmax, QLinearAveragePool, QLinearGlobalAveragePool, QLinearConcat and QGemm, version
/// 1. All but the last are the operator of floats between DequantizeLinear and QuantizeLinear, which rewrites
/// bring together again.
final class QuantizedForms {
    private static final Set<DataType> BYTES = Set.of(DataType.INT8, DataType.UINT8);
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT32);
    private static final Set<DataType> ANY = Set.of(DataType.INT8, DataType.UINT8, DataType.FLOAT32);

    private static final int OUTPUT_SCALE = 3;

    private QuantizedForms() {}

    static List<Abbreviation> all() {
        return List.of(
                new Abbreviation(
                        quantized(quantized(microsoft("QLinearMul"), "A"), "B")
                                .in("C_scale", FLOAT)
                                .optional("C_zero_point", BYTES)
                                .out("C"),
                        node -> List.of(mul(node))),
                single("QLinearLeakyRelu", node -> new LeakyRelu(node.real("alpha", 0.01F))),
                single("QLinearSigmoid", node -> new Sigmoid()),
                single("QLinearSoftmax", QuantizedForms::softmax),
                single("QLinearAveragePool", AveragePool.SCHEMA.reader()::read),
                single("QLinearGlobalAveragePool", node -> new GlobalAveragePool()),
                new Abbreviation(
                        microsoft("QLinearConcat")
                                .in("Y_scale", FLOAT)
                                .in("Y_zero_point", BYTES)
                                .variadic("inputs", ANY)
                                .out("Y"),
                        node -> List.of(concat(node))),
                new Abbreviation(
                        quantized(quantized(microsoft("QGemm"), "A"), "B")
                                .optional("C", Set.of(DataType.INT32))
                                .optional("y_scale", FLOAT)
                                .optional("y_zero_point", BYTES)
                                .out("Y"),
                        node -> List.of(gemm(node))));
    }

    private static Schema quantized(Schema schema, String name) {
        return schema.in(name, BYTES).in(name + "_scale", FLOAT).optional(name + "_zero_point", BYTES);
    }

    private static Abbreviation single(String name, Function<NodeReader, Op> op) {
        return new Abbreviation(
                quantized(microsoft(name), "X")
                        .in("Y_scale", FLOAT)
                        .optional("Y_zero_point", BYTES)
                        .out("Y"),
                node -> List.of(single(node, op.apply(node))));
    }

    private static Value single(NodeReader node, Op op) {
        var x = dequantized(node, 0);
        boolean isLast = node.integer("channels_last", 0) != 0;
        if (isLast) {
            x = node.insert(new Transpose(order(node, x, true)), List.of(x));
        }
        var y = node.insert(op, List.of(x));
        if (isLast) {
            y = node.insert(new Transpose(order(node, y, false)), List.of(y));
        }
        return quantized(node, y, OUTPUT_SCALE, node.input(0));
    }

    /// Brings channels behind the batch, or from there to the end.
    private static List<Long> order(NodeReader node, Value x, boolean toFront) {
        if (!x.type().shape().hasRank() || x.type().shape().rank() < 2) {
            throw node.unsupported("channels_last for an image whose rank is not known, or below 2");
        }
        int rank = x.type().shape().rank();
        var order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        if (toFront) {
            order.add(1, order.removeLast());
        } else {
            order.add(order.remove(1));
        }
        return order;
    }

    private static Op softmax(NodeReader node) {
        return new Softmax(node.integer("axis", -1), node.integer("opset", 13) < 13);
    }

    private static Value mul(NodeReader node) {
        var product = node.insert(new Mul(), List.of(dequantized(node, 0), dequantized(node, 3)));
        return quantized(node, product, 6, node.input(0));
    }

    private static Value concat(NodeReader node) {
        if (node.inputs() % 3 != 2) {
            throw node.malformed("expected a scale and a zero point for each of the inputs, found " + node.inputs()
                    + " inputs; check the model");
        }
        var parts = new ArrayList<Value>();
        for (int i = 2; i < node.inputs(); i += 3) {
            parts.add(dequantized(node, i));
        }
        return quantized(node, node.insert(new Concat(node.integer("axis")), parts), 0, node.input(1));
    }

    /// What the integers at an input stand for; scale and zero point follow it.
    private static Value dequantized(NodeReader node, int index) {
        return node.insert(new DequantizeLinear(0, 0, Optional.empty()), withScale(node, node.input(index), index + 1));
    }

    /// @param scale the number of the input that is the scale; the zero point follows
    /// @param like has the result's type where there is no zero point
    private static Value quantized(NodeReader node, Value x, int scale, Value like) {
        var zeroPoint = node.input(scale + 1);
        var type = (zeroPoint.isPresent() ? zeroPoint : like).type().dtype();
        return node.insert(new QuantizeLinear(0, 0, type, Optional.empty()), withScale(node, x, scale));
    }

    private static List<Value> withScale(NodeReader node, Value x, int scale) {
        var inputs = new ArrayList<>(List.of(x, scalar(node, node.input(scale))));
        if (node.input(scale + 1).isPresent()) {
            inputs.add(scalar(node, node.input(scale + 1)));
        }
        return inputs;
    }

    /// One number, which may be written as a vector of one.
    private static Value scalar(NodeReader node, Value number) {
        var shape = number.type().shape();
        return shape.hasRank() && shape.rank() == 0 ? number : node.insert(new Squeeze(), List.of(number));
    }

    private static Value gemm(NodeReader node) {
        var inputs = new ArrayList<>(List.of(matrix(node, 0, "transA"), matrix(node, 3, "transB")));
        if (node.input(2).isPresent() || node.input(5).isPresent()) {
            inputs.add(node.input(2).isPresent() ? scalar(node, node.input(2)) : Value.NONE);
        }
        if (node.input(5).isPresent()) {
            inputs.add(node.input(5));
        }
        var sums = node.insert(new MatMulInteger(), inputs);
        if (node.input(6).isPresent()) {
            sums = node.insert(new Add(), List.of(sums, node.input(6)));
        }
        var scale = node.insert(new Mul(), List.of(scalar(node, node.input(1)), node.input(4)));
        float alpha = node.real("alpha", 1);
        if (alpha != 1) {
            var nodes = new Nodes(node);
            scale = nodes.multiply(scale, nodes.number(DataType.FLOAT32, alpha));
        }
        var floats = node.insert(new Cast(DataType.FLOAT32), List.of(sums));
        var y = node.insert(new Mul(), List.of(floats, scale));
        return node.input(7).isPresent() ? quantized(node, y, 7, node.input(0)) : y;
    }

    private static Value matrix(NodeReader node, int index, String turned) {
        return node.integer(turned, 0) == 0
                ? node.input(index)
                : node.insert(new Transpose(List.of(1L, 0L)), List.of(node.input(index)));
    }
}
