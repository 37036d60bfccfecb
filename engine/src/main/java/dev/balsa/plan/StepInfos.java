package dev.balsa.plan;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.fusion.Fused;
import dev.balsa.run.StepInfo;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;

/// What people read about the step that a node becomes.
final class StepInfos {
    private StepInfos() {}

    static StepInfo of(Node node, String kernel, String reason, long flops) {
        return new StepInfo(
                node.name(),
                names(node.op()),
                kernel,
                reason,
                Epilogues.core(node) instanceof ChannelsLast ? "channels last" : "row-major",
                node.output(0).isPresent() ? node.output(0).type().toString() : "",
                flops,
                bytes(node.inputs()) + bytes(node.outputs()));
    }

    /// Nodes that are made together.
    static StepInfo of(DepthFirst.Group group) {
        var first = group.nodes().getFirst();
        var last = group.last();
        return new StepInfo(
                first.name() + " … " + last.name(),
                group.nodes().stream().map(node -> names(node.op())).collect(Collectors.joining(", ")),
                group.choice().kernel(),
                group.choice().reason(),
                "channels last",
                last.output(0).type().toString(),
                group.choice().flops(),
                bytes(group.choice().operands()));
    }

    private static String names(Op op) {
        return switch (op) {
            case Fused fused ->
                names(fused.core())
                        + fused.chain().stream()
                                .map(step -> "+" + names(step.op()))
                                .collect(Collectors.joining());
            case ChannelsLast last -> names(last.core());
            default -> op.schema().name();
        };
    }

    private static long bytes(List<Value> values) {
        return values.stream()
                .filter(Value::isPresent)
                .mapToLong(value -> value.type()
                        .dtype()
                        .bytes(value.type().shape().known().map(Shape::size).orElse(0L)))
                .sum();
    }
}
