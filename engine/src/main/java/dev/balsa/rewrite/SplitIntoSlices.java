package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Split;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Split into parts of known lengths becomes a Slice for each part that is used.
public final class SplitIntoSlices implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Split split)
                || !node.outputs().stream()
                        .allMatch(value ->
                                !value.isPresent() || value.type().shape().isKnown())) {
            return Optional.empty();
        }
        int axis = Axes.normalize(split.axis(), node.input(0).type().shape().rank());
        var slices = new ArrayList<Node>();
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        long start = 0;
        for (var part : node.outputs()) {
            // Every length is needed to know where the next part begins.
            if (!part.isPresent()) {
                return Optional.empty();
            }
            long end = start + part.type().shape().dim(axis).get();
            var operands = List.of(
                    node.input(0),
                    constant(part, "start", start, constants),
                    constant(part, "end", end, constants),
                    constant(part, "axis", axis, constants));
            slices.add(new Node(node.name(), new Slice(), operands, List.of(part)));
            start = end;
        }
        return Optional.of(new Patch(name() + " " + node.label(), List.of(node), slices, constants, Map.of()));
    }

    private static Value constant(Value part, String what, long number, Map<Value, Tensor> constants) {
        var tensor = Tensor.of(new long[] {number}, 1);
        var value = new Value(part.name() + "." + what, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }
}
