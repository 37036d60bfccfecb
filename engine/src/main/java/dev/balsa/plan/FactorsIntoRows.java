package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Mul;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Has kernels multiply the image that they read by a factor for each channel themselves, where a multiplication does
/// nothing but that, for them alone, as at the end of squeeze-and-excite blocks: the product of an image with factors
/// then is not written to memory and read again. Results stay the same, bit for bit.
///
/// @param choices the kernels, of which none is left for multiplications that others do
/// @param multiplications by the node that does it, too
record FactorsIntoRows(Map<Node, Optional<KernelChoice>> choices, Map<Node, Node> multiplications) {
    private static final int IMAGE_RANK = 4;

    /// An image that a node multiplies by factors.
    private record Scaling(Node node, Value image, Value factors) {
        /// What a node does, if it is that and no more.
        static Optional<Scaling> of(Node node) {
            if (!(node.op() instanceof Mul) || !Chains.isFloat(node.output(0))) {
                return Optional.empty();
            }
            return of(node, node.input(0), node.input(1)).or(() -> of(node, node.input(1), node.input(0)));
        }

        private static Optional<Scaling> of(Node node, Value image, Value factors) {
            if (!Chains.isFloat(image)
                    || !Chains.isFloat(factors)
                    || Chains.shape(image).rank() != IMAGE_RANK) {
                return Optional.empty();
            }
            var shape = Chains.shape(image);
            var expected = List.of(shape.dim(0), 1L, 1L, shape.dim(IMAGE_RANK - 1));
            boolean isScaling = shape.equals(Chains.shape(node.output(0)))
                    && Chains.shape(factors).toList().equals(expected);
            return isScaling ? Optional.of(new Scaling(node, image, factors)) : Optional.empty();
        }
    }

    static FactorsIntoRows of(Graph graph, Map<Node, Optional<KernelChoice>> choices) {
        var scalings = new HashMap<Value, Scaling>();
        var reads = new HashMap<Value, Integer>();
        for (var node : graph.nodes()) {
            Scaling.of(node).ifPresent(scaling -> scalings.put(node.output(0), scaling));
            node.inputs().forEach(input -> reads.merge(input, 1, Integer::sum));
        }
        graph.outputs().forEach(output -> reads.merge(output, 1, Integer::sum));
        scalings.values().removeIf(scaling -> reads.getOrDefault(scaling.node.output(0), 0) > 1);
        var changed = copy(choices);
        var multiplications = copy(Map.<Node, Node>of());
        choices.forEach((node, choice) -> {
            var scaling = choice.map(made -> scalings.get(made.operands().getFirst()));
            var scaled = scaling.flatMap(by -> choice.orElseThrow().scaled(by.image, by.factors));
            if (scaled.isPresent()) {
                changed.put(node, scaled);
                changed.put(scaling.orElseThrow().node, Optional.empty());
                multiplications.put(node, scaling.orElseThrow().node);
            }
        });
        return new FactorsIntoRows(changed, multiplications);
    }

    /// Groups of nodes that are made together, with those that do multiplications, too.
    ///
    /// @param groups by each of their nodes
    /// @param chosen the kernels by now
    Map<Node, DepthFirst.Group> grouped(Map<Node, DepthFirst.Group> groups, Map<Node, Optional<KernelChoice>> chosen) {
        var all = copy(groups);
        multiplications.forEach((node, multiplication) -> {
            var group = all.get(node);
            var nodes = new ArrayList<>(group == null ? List.of(node) : group.nodes());
            nodes.add(nodes.indexOf(node), multiplication);
            var choice =
                    group == null ? chosen.getOrDefault(node, Optional.empty()).orElseThrow() : group.choice();
            var larger = new DepthFirst.Group(nodes, choice);
            nodes.forEach(member -> all.put(member, larger));
        });
        return all;
    }

    /// A map by the identity of nodes.
    static <T> Map<Node, T> copy(Map<Node, T> map) {
        var copy = new IdentityHashMap<Node, T>();
        map.forEach(copy::put);
        return copy;
    }
}
