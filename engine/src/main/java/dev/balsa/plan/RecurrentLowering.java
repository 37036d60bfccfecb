package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.recurrent.Activation;
import dev.balsa.ir.recurrent.Direction;
import dev.balsa.ir.recurrent.Gru;
import dev.balsa.ir.recurrent.Lstm;
import dev.balsa.ir.recurrent.Recurrence;
import dev.balsa.kernel.recurrent.Cell;
import dev.balsa.kernel.recurrent.RecurrentKernels;
import dev.balsa.kernel.recurrent.RecurrentRequest;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds kernels for recurrent layers of float32 with constant weights, the usual activations, and sequences of one
/// length.
record RecurrentLowering(Graph graph, KernelPicker picker) {
    private static final List<Activation.Function> LSTM =
            List.of(Activation.Function.SIGMOID, Activation.Function.TANH, Activation.Function.TANH);
    private static final List<Activation.Function> GRU = List.of(Activation.Function.SIGMOID, Activation.Function.TANH);

    Optional<KernelChoice> lstm(Node node, Lstm op) {
        if (op.coupled() || node.input(7).isPresent() || !isUsual(op.recurrence(), LSTM)) {
            return Optional.empty();
        }
        return layer(node, Cell.LSTM, op.recurrence());
    }

    Optional<KernelChoice> gru(Node node, Gru op) {
        if (!op.resetAfter() || !isUsual(op.recurrence(), GRU)) {
            return Optional.empty();
        }
        return layer(node, Cell.GRU, op.recurrence());
    }

    private static boolean isUsual(Recurrence recurrence, List<Activation.Function> functions) {
        if (recurrence.batchFirst() || recurrence.clip() != Float.POSITIVE_INFINITY) {
            return false;
        }
        for (int i = 0; i < recurrence.activations().size(); i++) {
            if (recurrence.activations().get(i).function() != functions.get(i % functions.size())) {
                return false;
            }
        }
        return true;
    }

    private Optional<KernelChoice> layer(Node node, Cell cell, Recurrence recurrence) {
        var weights = graph.constant(node.input(1));
        var recurrent = graph.constant(node.input(2));
        var bias = node.input(3).isPresent() ? graph.constant(node.input(3)) : Optional.<Tensor>empty();
        boolean floats = node.inputs().stream().allMatch(value -> !value.isPresent() || Chains.isFloat(value));
        if (!floats
                || weights.isEmpty()
                || recurrent.isEmpty()
                || node.input(3).isPresent() && bias.isEmpty()
                || node.input(4).isPresent()) {
            return Optional.empty();
        }
        var x = Chains.shape(node.input(0));
        var hidden = recurrent.get().shape().dim(2);
        if (!x.toList().stream().allMatch(dim -> dim <= Integer.MAX_VALUE) || hidden > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        var request = new RecurrentRequest(
                cell,
                (int) x.dim(0),
                (int) x.dim(1),
                (int) x.dim(2),
                (int) hidden,
                reversed(recurrence.direction()),
                weights.get().memory(),
                recurrent.get().memory(),
                bias.map(Tensor::memory),
                node.input(5).isPresent(),
                node.input(6).isPresent(),
                node.output(0).isPresent(),
                node.output(1).isPresent(),
                node.output(2).isPresent());
        var operands = new ArrayList<Value>();
        operands.add(node.input(0));
        List.of(node.input(5), node.input(6)).stream().filter(Value::isPresent).forEach(operands::add);
        node.outputs().stream().filter(Value::isPresent).forEach(operands::add);
        return picker.pick(RecurrentKernels.of(picker.isa(), picker.precision()), request, operands, flops(request));
    }

    private static List<Boolean> reversed(Direction direction) {
        return switch (direction) {
            case FORWARD -> List.of(false);
            case REVERSE -> List.of(true);
            case BIDIRECTIONAL -> List.of(false, true);
        };
    }

    private static long flops(RecurrentRequest request) {
        long weights = (long) request.cell().gates() * request.hidden() * (request.inputs() + request.hidden());
        return 2
                * weights
                * request.steps()
                * request.batch()
                * request.reversed().size();
    }
}
