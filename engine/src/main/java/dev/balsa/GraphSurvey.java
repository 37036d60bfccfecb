package dev.balsa;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.view.View;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counts the operators and describes the constants of a graph and of the graphs inside of it.
final class GraphSurvey {
    private final Map<String, Integer> operators = new TreeMap<>();
    private final List<WeightInfo> weights = new ArrayList<>();

    void add(Graph graph) {
        var users = new HashMap<Value, Node>();
        for (var node : graph.nodes()) {
            operators.merge(node.op().schema().toString(), 1, Integer::sum);
            node.inputs().stream().filter(Value::isPresent).forEach(value -> users.putIfAbsent(value, node));
        }
        graph.constants().forEach((value, tensor) -> weights.add(weight(graph, users, value, tensor)));
        for (var node : graph.nodes()) {
            if (node.op() instanceof Control control) {
                control.bodies().forEach(this::add);
            }
        }
    }

    Map<String, Integer> operators() {
        return operators;
    }

    List<WeightInfo> weights() {
        return weights;
    }

    private static WeightInfo weight(Graph graph, Map<Value, Node> users, Value value, Tensor tensor) {
        var direct = Optional.ofNullable(users.get(value));
        var user = direct;
        while (user.isPresent()
                && isDetour(user.get())
                && users.containsKey(user.get().output(0))) {
            user = Optional.ofNullable(users.get(user.get().output(0)));
        }
        return new WeightInfo(
                value.name(),
                user.map(Node::name).orElse(""),
                user.map(node -> node.op().schema().toString()).orElse(""),
                tensor.type(),
                tensor.shape(),
                zeros(tensor, zeroPoint(graph, direct, value)));
    }

    private static boolean isDetour(Node node) {
        return node.op() instanceof DequantizeLinear || node.op() instanceof View || node.op() instanceof Transpose;
    }

    private static long zeroPoint(Graph graph, Optional<Node> user, Value weight) {
        return user.filter(node ->
                        node.op() instanceof DequantizeLinear && node.input(0).equals(weight))
                .flatMap(node -> graph.constant(node.input(2)))
                .filter(point -> point.size() == 1)
                .map(point -> point.getLong(0))
                .orElse(0L);
    }

    private static long zeros(Tensor tensor, long zeroPoint) {
        long zeros = 0;
        if (tensor.type() == DataType.STRING) {
            return zeros;
        }
        for (long i = 0; i < tensor.size(); i++) {
            boolean zero = tensor.type().isFloat() ? tensor.getDouble(i) == 0 : tensor.getLong(i) == zeroPoint;
            zeros += zero ? 1 : 0;
        }
        return zeros;
    }
}
