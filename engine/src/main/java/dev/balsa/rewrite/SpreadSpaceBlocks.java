package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.DepthToSpace;
import dev.balsa.ir.assembly.SpaceToDepth;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.view.Reshape;
import dev.balsa.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A DepthToSpace or SpaceToDepth of known shape becomes what it is short for: a Reshape that gives blocks
/// dimensions of their own, a Transpose, and a Reshape.
public final class SpreadSpaceBlocks implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!node.input(0).type().shape().isKnown()) {
            return Optional.empty();
        }
        return switch (node.op()) {
            case DepthToSpace(long block, boolean channelsFirst) ->
                Optional.of(depthToSpace(node, block, channelsFirst));
            case SpaceToDepth(long block) -> Optional.of(spaceToDepth(node, block));
            default -> Optional.empty();
        };
    }

    private Patch depthToSpace(Node node, long block, boolean channelsFirst) {
        var in = node.input(0).type().shape().known().orElseThrow();
        long channels = in.dim(1) / (block * block);
        var apart = channelsFirst
                ? List.of(in.dim(0), channels, block, block, in.dim(2), in.dim(3))
                : List.of(in.dim(0), block, block, channels, in.dim(2), in.dim(3));
        var order = channelsFirst ? List.of(0L, 1L, 4L, 2L, 5L, 3L) : List.of(0L, 3L, 4L, 1L, 5L, 2L);
        return patch(node, apart, order);
    }

    private Patch spaceToDepth(Node node, long block) {
        var in = node.input(0).type().shape().known().orElseThrow();
        var apart = List.of(in.dim(0), in.dim(1), in.dim(2) / block, block, in.dim(3) / block, block);
        return patch(node, apart, List.of(0L, 3L, 5L, 1L, 2L, 4L));
    }

    private Patch patch(Node node, List<Long> apart, List<Long> order) {
        var output = node.output(0);
        var turned = order.stream().map(axis -> apart.get(axis.intValue())).toList();
        Map<Value, Tensor> constants = new LinkedHashMap<>();
        var blocks = new Value(output.name() + ".blocks", type(output, apart));
        var moved = new Value(output.name() + ".moved", type(output, turned));
        var together = output.type().shape().known().orElseThrow().toList();
        var nodes = List.of(
                new Node(
                        node.name(),
                        new Reshape(true),
                        List.of(node.input(0), shape(blocks, apart, constants)),
                        List.of(blocks)),
                new Node(node.name(), new Transpose(order), List.of(blocks), List.of(moved)),
                new Node(
                        node.name(),
                        new Reshape(true),
                        List.of(moved, shape(output, together, constants)),
                        List.of(output)));
        return new Patch(name() + " " + node.label(), List.of(node), nodes, constants, Map.of());
    }

    private static TensorType type(Value value, List<Long> dims) {
        return TensorType.of(
                value.type().dtype(), dims.stream().mapToLong(Long::longValue).toArray());
    }

    private static Value shape(Value value, List<Long> dims, Map<Value, Tensor> constants) {
        var tensor = Tensor.of(dims.stream().mapToLong(Long::longValue).toArray(), dims.size());
        var operand = new Value(value.name() + ".shape", TensorType.of(tensor));
        constants.put(operand, tensor);
        return operand;
    }
}
