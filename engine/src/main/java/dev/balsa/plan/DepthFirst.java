package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.depthfirst.DepthFirstWork;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.Link;
import dev.balsa.kernel.depthfirst.Pieces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Finds layers to be made one after the other for a few rows of an image at a time, where what they hand on would
/// otherwise go to a cache that cores share, or to memory.
///
/// Such layers follow each other among those that can be made by rows; what all but the last make is seen by others of
/// them alone. The division of all layers into such groups that is estimated to take least time is found by going
/// through them once: the best one up to a layer ends with a group, and before it is the best one up to there.
final class DepthFirst {
    /// Longer groups see more and more rows anew.
    private static final int MOST_LAYERS = 12;

    /// Layers that are made together.
    ///
    /// @param nodes in order; the step stands in the place of the last one
    /// @param choice of which the operands are what comes from outside, then what the last node makes
    record Group(List<Node> nodes, KernelChoice choice) {
        Group {
            nodes = List.copyOf(nodes);
        }

        Node last() {
            return nodes.getLast();
        }
    }

    /// A node that can be made by rows.
    private record Candidate(Node node, KernelChoice choice, Layer layer) {
        Value output() {
            return choice.operands().getLast();
        }

        List<Value> inputs() {
            return choice.operands().subList(0, choice.operands().size() - 1);
        }
    }

    private final DepthFirstCost cost;
    private final List<Candidate> candidates = new ArrayList<>();
    /// By candidate, the last one that sees what it makes; the number of all candidates if others see it, too.
    private final int[] lastReaders;
    /// By candidate, the last one of which it sees something else than rows of images, as many as that makes; or -1.
    private final int[] lastMisfits;

    private DepthFirst(Graph graph, Map<Node, Optional<KernelChoice>> choices, Machine machine) {
        cost = new DepthFirstCost(machine);
        for (var node : graph.nodes()) {
            var choice = choices.getOrDefault(node, Optional.empty());
            choice.flatMap(KernelChoice::layer)
                    .filter(_ -> node.outputs().size() == 1)
                    .ifPresent(layer -> candidates.add(new Candidate(node, choice.orElseThrow(), layer)));
        }
        lastReaders = new int[candidates.size()];
        lastMisfits = new int[candidates.size()];
        var makers = new HashMap<Value, Integer>();
        for (int i = 0; i < candidates.size(); i++) {
            lastMisfits[i] = lastMisfit(candidates.get(i), makers);
            makers.put(candidates.get(i).output(), i);
        }
        noteReaders(graph, makers);
    }

    private void noteReaders(Graph graph, Map<Value, Integer> makers) {
        int next = 0;
        for (var node : graph.nodes()) {
            boolean isCandidate = next < candidates.size() && candidates.get(next).node == node;
            int reader = isCandidate ? next++ : candidates.size();
            for (var input : node.inputs()) {
                noteReader(makers.get(input), reader);
            }
        }
        graph.outputs().forEach(output -> noteReader(makers.get(output), candidates.size()));
    }

    private void noteReader(@Nullable Integer maker, int reader) {
        if (maker != null) {
            lastReaders[maker] = Math.max(lastReaders[maker], reader);
        }
    }

    /// The groups, by the identity of each of their nodes.
    static Map<Node, Group> of(Graph graph, Map<Node, Optional<KernelChoice>> choices, Machine machine) {
        var groups = new IdentityHashMap<Node, Group>();
        for (var group : new DepthFirst(graph, choices, machine).groups()) {
            group.nodes.forEach(node -> groups.put(node, group));
        }
        return groups;
    }

    private List<Group> groups() {
        int count = candidates.size();
        var saved = new double[count + 1];
        var best = new ArrayList<Optional<Pieces>>();
        for (int end = 1; end <= count; end++) {
            saved[end] = saved[end - 1];
            best.add(Optional.empty());
            var last = candidates.get(end - 1).layer;
            double gain = 0;
            for (int first = end - 2; first >= Math.max(0, end - MOST_LAYERS) && !cost.isTooMuch(last); first--) {
                gain += cost.gain(candidates.get(first).layer);
                double wanted = saved[end] - saved[first];
                var divided = gain > wanted && canBeGroup(first, end)
                        ? division(candidates.subList(first, end), gain, wanted)
                        : Optional.<DepthFirstCost.Division>empty();
                if (divided.isPresent()) {
                    saved[end] = saved[first] + divided.get().saved();
                    best.set(end - 1, Optional.of(divided.get().pieces()));
                }
            }
        }
        var groups = new ArrayList<Group>();
        for (int end = count; end > 0; ) {
            var pieces = best.get(end - 1);
            int length = pieces.map(divided -> divided.links().size()).orElse(1);
            if (pieces.isPresent()) {
                groups.addFirst(group(candidates.subList(end - length, end), pieces.get()));
            }
            end -= length;
        }
        return groups;
    }

    private boolean canBeGroup(int first, int end) {
        for (int i = first; i < end; i++) {
            if (lastMisfits[i] >= first || i < end - 1 && lastReaders[i] >= end) {
                return false;
            }
        }
        return true;
    }

    /// @param gain of all but the last
    /// @param wanted the division must save more seconds
    private Optional<DepthFirstCost.Division> division(List<Candidate> members, double gain, double wanted) {
        var numbers = numbers(members);
        var links = new ArrayList<Link>();
        for (var member : members) {
            links.add(new Link(
                    member.layer, member.inputs().stream().map(numbers::get).toList()));
        }
        return cost.best(links, numbers.size() - members.size(), gain, wanted);
    }

    /// The number of each operand: those from outside, then what members make.
    private static Map<Value, Integer> numbers(List<Candidate> members) {
        var made = new HashSet<Value>();
        members.forEach(member -> made.add(member.output()));
        var numbers = new LinkedHashMap<Value, Integer>();
        for (var member : members) {
            for (var input : member.inputs()) {
                if (!made.contains(input)) {
                    numbers.putIfAbsent(input, numbers.size());
                }
            }
        }
        members.forEach(member -> numbers.put(member.output(), numbers.size()));
        return numbers;
    }

    /// The last of the makers before of which a candidate sees something else than rows of images, as many as that
    /// makes; or -1.
    private int lastMisfit(Candidate candidate, Map<Value, Integer> makers) {
        int last = -1;
        for (int i = 0; i < candidate.inputs().size(); i++) {
            int maker = makers.getOrDefault(candidate.inputs().get(i), -1);
            if (maker > last && !fits(candidate.layer, i, candidates.get(maker).layer)) {
                last = maker;
            }
        }
        return last;
    }

    private static boolean fits(Layer layer, int operand, Layer maker) {
        int rows = operand == 0 ? layer.inputRows() : layer.outputRows();
        long rowBytes = layer.rowBytes(operand);
        boolean isByRow = operand == 0 || layer.extent(operand) == Layer.Extent.BY_ROW;
        return isByRow
                && maker.images() == layer.images()
                && maker.outputRows() == rows
                && maker.outputRowBytes() == rowBytes;
    }

    private static Group group(List<Candidate> members, Pieces pieces) {
        var operands = new ArrayList<Value>();
        numbers(members).forEach((value, number) -> {
            if (number < pieces.externals()) {
                operands.add(value);
            }
        });
        operands.add(members.getLast().output());
        return new Group(members.stream().map(Candidate::node).toList(), choice(members, pieces, operands));
    }

    private static KernelChoice choice(List<Candidate> members, Pieces pieces, List<Value> operands) {
        var hardest = members.stream()
                .max((one, other) -> Long.compare(one.choice.flops(), other.choice.flops()))
                .orElseThrow();
        return new KernelChoice(
                hardest.choice.kernel(),
                "depth first, " + members.size() + " layers in " + pieces.count() + " pieces and " + pieces.stripes()
                        + " stripes of an image",
                operands,
                OptionalInt.empty(),
                members.stream().mapToLong(member -> member.choice.flops()).sum(),
                Optional.empty(),
                () -> new DepthFirstWork(pieces),
                new KernelChoice.Variants() {
                    @Override
                    public Optional<KernelChoice> withRowMeans(Value means) {
                        return pieces.withRowMeans()
                                .map(more -> choice(members, more, KernelPicker.withSecondLast(operands, means)));
                    }
                });
    }
}
