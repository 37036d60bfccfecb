package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sums of products of integers that are multiplied by constants, go through additions of constants and a Relu or
/// a Clip, and are quantised: the constants are divided by the scale beforehand, so that the scale is 1. A Relu or
/// Clip that cuts no more than the range of the type goes.
public final class ScaleIntoSums implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QuantizeLinear op)
                || op.precision().isPresent()
                || op.to() != DataType.INT8 && op.to() != DataType.UINT8) {
            return Optional.empty();
        }
        var scale = view.constant(node.input(1)).filter(tensor -> tensor.size() == 1 && Dequantized.isFinite(tensor));
        var zero = zeroPoint(node, view);
        if (scale.isEmpty() || !(scale.get().getFloat(0) > 0) || scale.get().getFloat(0) == 1 || zero.isEmpty()) {
            return Optional.empty();
        }
        var steps = steps(node, view);
        return steps.isEmpty() ? Optional.empty() : Optional.of(patch(node, steps, scale.get(), zero.get(), view));
    }

    private static Optional<Long> zeroPoint(Node node, GraphView view) {
        return node.input(2).isPresent()
                ? view.constant(node.input(2)).map(tensor -> tensor.getLong(0))
                : Optional.of(0L);
    }

    /// The nodes from the multiplication to the one before the quantisation; none if they are not as they must be.
    private static List<Node> steps(Node node, GraphView view) {
        var steps = new ArrayList<Node>();
        var value = node.input(0);
        while (view.soleConsumer(value).isPresent() && view.producer(value).isPresent()) {
            var step = view.producer(value).get();
            boolean known = switch (step.op()) {
                case Relu _ -> true;
                case Clip _ -> bounds(step, view).isPresent();
                case Add _, Mul _ ->
                    view.constant(step.input(1)).filter(ScaleIntoSums::isFloat).isPresent();
                default -> false;
            };
            if (!known) {
                return List.of();
            }
            steps.addFirst(step);
            value = step.input(0);
            if (step.op() instanceof Mul) {
                boolean isOfSums = view.producer(value)
                        .filter(cast -> cast.op() instanceof Cast
                                && cast.input(0).type().dtype() == DataType.INT32)
                        .isPresent();
                return isOfSums ? steps : List.of();
            }
        }
        return List.of();
    }

    private static boolean isFloat(Tensor tensor) {
        return tensor.type() == DataType.FLOAT32;
    }

    private record Bounds(double low, double high) {}

    private static Optional<Bounds> bounds(Node clip, GraphView view) {
        var low = bound(clip.input(1), Double.NEGATIVE_INFINITY, view);
        var high = bound(clip.input(2), Double.POSITIVE_INFINITY, view);
        return low.isPresent() && high.isPresent() ? Optional.of(new Bounds(low.get(), high.get())) : Optional.empty();
    }

    private static Optional<Double> bound(Value value, double none, GraphView view) {
        return value.isPresent()
                ? view.constant(value)
                        .filter(tensor -> isFloat(tensor) && tensor.size() == 1)
                        .map(tensor -> tensor.getDouble(0))
                : Optional.of(none);
    }

    private Patch patch(Node node, List<Node> steps, Tensor scaleTensor, long zero, GraphView view) {
        double scale = scaleTensor.getDouble(0);
        var stem = node.output(0).name();
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        var nodes = new ArrayList<Node>();
        var last = steps.getFirst().input(0);
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            var inputs = new ArrayList<Value>();
            inputs.add(last);
            Op op = step.op();
            switch (op) {
                case Relu _ -> {
                    if (isFree(new Bounds(0, Double.POSITIVE_INFINITY), scale, zero, node)) {
                        continue;
                    }
                }
                case Clip _ -> {
                    var bounds = bounds(step, view).orElseThrow();
                    if (isFree(bounds, scale, zero, node)) {
                        continue;
                    }
                    inputs.add(constant(stem + ".low" + i, (float) (bounds.low / scale), constants));
                    inputs.add(constant(stem + ".high" + i, (float) (bounds.high / scale), constants));
                }
                default -> {
                    var old = view.constant(step.input(1)).orElseThrow();
                    var numbers = Tensor.allocate(DataType.FLOAT32, old.shape());
                    for (long k = 0; k < old.size(); k++) {
                        numbers.setDouble(k, old.getDouble(k) / scale);
                    }
                    inputs.add(constant(stem + ".numbers" + i, numbers, constants));
                }
            }
            last = new Value(stem + ".step" + i, step.output(0).type());
            nodes.add(new Node(step.name(), op, inputs, List.of(last)));
        }
        var one = Tensor.of(new float[] {1}, 1).reshaped(scaleTensor.shape());
        var inputs = new ArrayList<>(node.inputs());
        inputs.set(0, last);
        inputs.set(1, constant(stem + ".one", one, constants));
        nodes.add(node.withInputs(inputs));
        var removed = new ArrayList<>(steps);
        removed.add(node);
        return new Patch(name() + " " + node.label(), removed, nodes, constants, Map.of());
    }

    /// Whether cutting to the type's range does what the bounds do.
    private static boolean isFree(Bounds bounds, double scale, long zero, Node node) {
        var type = node.output(0).type().dtype();
        return Math.rint(bounds.low / scale) + zero <= type.minValue()
                && Math.rint(bounds.high / scale) + zero >= type.maxValue();
    }

    private static Value constant(String name, float number, Map<Value, Tensor> constants) {
        return constant(name, Tensor.of(new float[] {number}, 1).reshaped(Shape.scalar()), constants);
    }

    private static Value constant(String name, Tensor tensor, Map<Value, Tensor> constants) {
        var value = new Value(name, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }
}
