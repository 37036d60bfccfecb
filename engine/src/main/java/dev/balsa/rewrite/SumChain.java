package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Nodes that take the place of others: a sum of products of integers and what becomes of it, step by step. Used
/// once.
final class SumChain {
    private final Node replaced;
    /// Of the result.
    private final TensorType type;
    private final String stem;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Value, Tensor> constants = new LinkedHashMap<>();
    private Value last;

    /// @param replaced whose first output the last step gives
    /// @param sums the operator that sums up
    /// @param inputs of that
    SumChain(Node replaced, Op sums, List<Value> inputs) {
        this.replaced = replaced;
        type = replaced.output(0).type();
        stem = replaced.output(0).name();
        last = new Value(stem + ".sums", type.withType(DataType.INT32));
        nodes.add(new Node(replaced.name(), sums, inputs, List.of(last)));
    }

    /// A constant.
    Value constant(String what, Tensor tensor) {
        var value = new Value(stem + "." + what, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    private void then(String what, Op op, DataType result, Value... others) {
        var inputs = new ArrayList<Value>();
        inputs.add(last);
        inputs.addAll(List.of(others));
        last = new Value(stem + "." + what, type.withType(result));
        nodes.add(new Node(what + " of " + stem, op, inputs, List.of(last)));
    }

    /// Adds 32-bit integers.
    SumChain addIntegers(Tensor bias) {
        then("biased", new Add(), DataType.INT32, constant("bias", bias));
        return this;
    }

    /// The numbers that the sums stand for.
    ///
    /// @param scale what the sums are multiplied by, of a shape that fits
    SumChain scale(Tensor scale) {
        then("floats", new Cast(DataType.FLOAT32), DataType.FLOAT32);
        then("scaled", new Mul(), DataType.FLOAT32, constant("factors", scale));
        return this;
    }

    /// Adds floats.
    SumChain add(Value bias) {
        then("moved", new Add(), DataType.FLOAT32, bias);
        return this;
    }

    /// Rounds to an 8-bit type, with scale 1.
    SumChain quantize(Value zeroPoint, Shape shape) {
        var one = Tensor.of(new float[] {1}, 1).reshaped(shape);
        var to = zeroPoint.type().dtype();
        then("rounded", new QuantizeLinear(1, 0, to, Optional.empty()), to, constant("one", one), zeroPoint);
        return this;
    }

    /// The patch; the last step gives the output of the replaced node.
    Patch patch(String label) {
        var end = nodes.removeLast();
        nodes.add(new Node(end.name(), end.op(), end.inputs(), List.of(replaced.output(0))));
        return new Patch(label, List.of(replaced), nodes, constants, Map.of());
    }

    /// Numbers by channel of an image `[batch, channels, spatial...]`, or one for all.
    static Tensor byChannel(Tensor numbers, int rank) {
        if (numbers.size() == 1) {
            return numbers.reshaped(Shape.scalar());
        }
        var dims = new long[rank - 1];
        Arrays.fill(dims, 1);
        dims[0] = numbers.size();
        return numbers.reshaped(Shape.of(dims));
    }
}
